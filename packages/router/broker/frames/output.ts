import type { ArtifactFrame } from '@xerotier/protocol/frames/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/output.ts'
import { storeOutput } from '../../domain/executions/output.ts'
import type { Peer } from '../peer.ts'

/** Stores a piece of output or artifact, then opens the agent's window. */
export async function onOutput({ core, session, reply }: Peer, frame: OutputFrame | ArtifactFrame): Promise<void> {
  const { execution_id, attempt, lease_epoch } = frame
  session.outputAcks.received(frame, frame.seq)
  const storing = storeOutput(core, session.agent, frame)
  if (frame.t === 'artifact')
    session.artifacts.set(execution_id, Promise.allSettled([session.artifacts.get(execution_id), storing]))
  await storing
  const seq = session.outputAcks.stored(frame, frame.seq)
  if (seq !== undefined) reply({ t: 'output_ack', execution_id, attempt, lease_epoch, seq })
}
