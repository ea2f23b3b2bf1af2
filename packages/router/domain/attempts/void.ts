// What was approved, or was to be, is not what would run any more (law L3).

import type { Tx } from '../../store/database.ts'
import { appendEvents } from '../../store/events.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'

/**
 * Voids the approval and ends its call: cancelled while it waited for the approval, failed after.
 * @returns undefined when the call has moved on; then nothing of this may be committed
 */
export async function voidApproval(
  tx: Tx,
  approvalId: string,
  call: Pick<ExecutionRow, 'id' | 'project_id' | 'workspace_id' | 'state'>,
  message: string,
  at: Date,
): Promise<ExecutionRow | undefined> {
  await tx
    .updateTable('approvals')
    .set({ state: 'voided', decided_at: at })
    .where('id', '=', approvalId)
    .where('state', 'in', ['pending', 'approved'])
    .execute()
  await appendEvents(tx, [
    {
      at,
      project_id: call.project_id,
      kind: 'approval.voided',
      actor: 'router',
      execution_id: call.id,
      approval_id: approvalId,
      workspace_id: call.workspace_id,
      data: { reason: message },
    },
  ])
  return moveExecution(tx, call.id, {
    to: call.state === 'pending_approval' ? 'cancelled' : 'failed',
    from: [call.state],
    set: { finished_at: at, error: JSON.stringify({ code: 'approval_voided', message }) },
    actor: 'router',
    at,
    data: { error: { code: 'approval_voided', message } },
  })
}

/** The same for an approved call that was about to be dispatched. */
export async function voidApproved(
  core: Records & Pick<Attempts, 'calls'>,
  row: ExecutionRow,
  approvalId: string,
  message: string,
): Promise<void> {
  core.calls.remove(row)
  const at = new Date(core.clock.now())
  const voided = core.store.db.transaction().execute(async (tx) => {
    const moved = await voidApproval(tx, approvalId, row, message, at)
    if (moved === undefined) throw new Overtaken()
    return moved
  })
  try {
    core.calls.settled(await voided)
    core.eventLog.wake()
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
  }
}

/** The call was cancelled or has expired meanwhile: its approval stays what it was. */
class Overtaken extends Error {}
