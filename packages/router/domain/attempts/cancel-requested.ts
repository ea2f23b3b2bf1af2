import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import { selectCancelRequestedAt } from '../../store/attempts.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'
import { liveCall, refOf } from './calls.ts'

/** Calls at the agent that somebody wants cancelled: it may not have been told. */
export async function cancelRequested(
  core: Pick<Records, 'store'> & Pick<Attempts, 'calls'>,
  agent: OnlineAgent,
): Promise<CallRef[]> {
  const rows = await selectCancelRequestedAt(core.store.db, agent.id, [...agent.inFlight])
  for (const { id, cancel_requested_at } of rows) {
    const call = core.calls.get(agent.projectId, id)
    if (call !== undefined) call.row.cancel_requested_at = cancel_requested_at
  }
  return rows.map(refOf).filter((ref) => liveCall(core, agent, ref) !== undefined)
}
