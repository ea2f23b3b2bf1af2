import type { ArtifactFrame } from '@xerotier/protocol/frames/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/output.ts'
import { storeOutput } from '../../domain/executions/output.ts'
import type { Peer } from '../peer.ts'

/**
 * Stores a piece of output or artifact, then opens the agent's window. A piece that could not be stored ends the session: an
 * agent sends again what was not acknowledged when it has another.
 */
export async function onOutput(
  { core, session, reply, begin }: Peer,
  frame: OutputFrame | ArtifactFrame,
): Promise<void> {
  const { execution_id, attempt, lease_epoch } = frame
  if (core.calls.get(execution_id)?.agent !== session.agent) {
    // Of a call that is not here any more (or never was): nobody wants it, and nothing is kept of it.
    return reply({ t: 'output_ack', execution_id, attempt, lease_epoch, seq: frame.seq })
  }
  session.outputAcks.received(frame, frame.seq)
  const storing = storeOutput(core, session.agent, frame)
  if (frame.t === 'artifact') {
    const all = Promise.all([session.artifacts.get(execution_id), storing])
    // Its result looks at it, or nobody does.
    all.catch(() => {})
    session.artifacts.set(execution_id, all)
  }
  try {
    await storing
  } catch (error) {
    begin('A piece of output could not be stored.')
    throw error
  }
  const seq = session.outputAcks.stored(frame, frame.seq)
  if (seq !== undefined) reply({ t: 'output_ack', execution_id, attempt, lease_epoch, seq })
}
