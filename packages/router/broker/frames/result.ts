import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import { isAbout } from '../../domain/attempts/calls.ts'
import { withinLimits } from '../../domain/attempts/result-limits.ts'
import { settleCall } from '../../domain/attempts/settle.ts'
import type { Peer } from '../peer.ts'

/**
 * Stores the end of a call, then acknowledges it (law L1). When storing fails nothing is said: the
 * agent keeps it and sends it again.
 */
export async function onResult({ core, session, reply, replyLater, spend }: Peer, frame: ResultFrame): Promise<void> {
  const call = core.calls.get(session.agent.projectId, frame.execution_id)
  const ours = call?.agent === session.agent && isAbout(call, frame) ? call : undefined
  if (ours !== undefined) ours.over = true
  const artifacts = call === undefined ? undefined : session.artifacts.get(call)
  // One that could not be stored is thrown here: the result comes again, after it.
  if (artifacts !== undefined) await artifacts
  const cut = ours?.outputCut === true || ours?.inlineCut === true
  const kept = withinLimits(frame, cut)
  // Its session or its place went while it waited, and output before it perhaps with them: it comes
  // again, after that output.
  const gone = () =>
    call !== undefined &&
    (core.calls.get(session.agent.projectId, frame.execution_id) !== call || !core.fleet.holds(session.agent))
  const waits = call !== undefined && (session.waitingPieces.get(call) ?? 0) > 0
  const turns = waits ? session.pieceTurns : session.turns
  const ok = await turns.take(async () => (gone() ? undefined : settleCall(core, session.agent, kept)))
  if (ok === undefined) return
  if (!ok) spend(1)
  const { execution_id, attempt, lease_epoch } = frame
  const ack = { t: 'result_ack', execution_id, attempt, lease_epoch, ok } as const
  // A message of its own costs both sides as much as a dispatch. Only an agent that wants to go
  // waits for it.
  if (session.agent.draining) reply(ack)
  else replyLater(ack)
}
