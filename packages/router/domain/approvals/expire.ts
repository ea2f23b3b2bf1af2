// Silence is an answer: an approval that nobody decided in time is expired, and its call with it.

import type { Tx } from '../../store/database.ts'
import { appendEvents } from '../../store/events.ts'
import type { ApprovalRow, ExecutionRow } from '../../store/tables.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import type { Records } from '../records.ts'

const perSweep = 200

export async function expireApproval(tx: Tx, approval: ApprovalRow, at: Date): Promise<{ execution?: ExecutionRow }> {
  await tx
    .updateTable('approvals')
    .set({ state: 'expired', decided_at: at })
    .where('id', '=', approval.id)
    .where('state', '=', 'pending')
    .execute()
  await appendEvents(tx, [
    {
      at,
      project_id: approval.project_id,
      kind: 'approval.expired',
      actor: 'router',
      execution_id: approval.execution_id,
      approval_id: approval.id,
      workspace_id: approval.workspace_id,
    },
  ])
  const execution = await moveExecution(tx, approval.execution_id, {
    to: 'expired',
    from: ['pending_approval'],
    set: {
      finished_at: at,
      error: JSON.stringify({ code: 'approval_expired', message: 'Nobody decided the approval in time.' }),
    },
    actor: 'router',
    at,
    data: { approval_id: approval.id },
  })
  return execution === undefined ? {} : { execution }
}

/** Expires what is due. Called every second. */
export async function expireApprovals(core: Records & Pick<Attempts, 'calls'>): Promise<void> {
  const at = new Date(core.clock.now())
  const expired = await core.store.db.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('approvals')
      .selectAll()
      .where('state', '=', 'pending')
      .where('expires_at', '<=', at)
      .orderBy('expires_at')
      .limit(perSweep)
      .forUpdate()
      .skipLocked()
      .execute()
    const executions: ExecutionRow[] = []
    for (const approval of due) {
      const { execution } = await expireApproval(tx, approval, at)
      if (execution !== undefined) executions.push(execution)
    }
    return executions
  })
  for (const execution of expired) core.calls.settled(execution)
  if (expired.length > 0) core.eventLog.wake()
}
