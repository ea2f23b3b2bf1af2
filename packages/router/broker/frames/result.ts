import type { ResultFrame } from '@xerotier/protocol/frames/result.ts'
import { withinLimits } from '../../domain/executions/result-limits.ts'
import { settleCall } from '../../domain/executions/settle.ts'
import type { Peer } from '../peer.ts'

/** Stores the end of a call, then acknowledges it (law L1). When storing fails nothing is said: the agent keeps it and sends it again. */
export async function onResult({ core, session, reply }: Peer, frame: ResultFrame): Promise<void> {
  const call = core.calls.get(frame.execution_id)
  const artifacts = call === undefined ? undefined : session.artifacts.get(call)
  // One that could not be stored is thrown here: the result comes again, after it.
  if (artifacts !== undefined) await artifacts
  const cut = call?.agent === session.agent && call.row.attempt === frame.attempt && call.outputCut === true
  const kept = withinLimits(frame, cut)
  const ok = await session.turns.take(() => settleCall(core, session.agent, kept))
  const { execution_id, attempt, lease_epoch } = frame
  reply({ t: 'result_ack', execution_id, attempt, lease_epoch, ok })
}
