// One approval moves to another state: compare-and-set over its lifecycle, and its event in the
// same transaction.
import { type ApprovalState, approvalLifecycle } from '@xerotier/protocol/lifecycles/approval.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Updateable } from 'kysely'
import type { ApprovalRow, Tables } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'

export interface ApprovalMove {
  to: Exclude<ApprovalState, 'pending'>
  set?: Updateable<Tables['approvals']>
  actor: Actor
  data?: Record<string, unknown>
}

/**
 * @returns the row as it is now; undefined when the lifecycle has no such move from where it was
 */
export async function moveApproval(
  { tx, now, append }: Pick<Writing, 'tx' | 'now' | 'append'>,
  approvalId: string,
  { to, set, actor, data }: ApprovalMove,
): Promise<ApprovalRow | undefined> {
  const row = await tx
    .updateTable('approvals')
    .set({ ...set, state: to, decided_at: now })
    .where('id', '=', approvalId)
    .where('state', 'in', sourcesOf(approvalLifecycle, to))
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  append({
    project_id: row.project_id,
    kind: `approval.${to}`,
    actor,
    execution_id: row.execution_id,
    approval_id: row.id,
    workspace_id: row.workspace_id,
    ...(data === undefined ? {} : { data }),
  })
  return row
}
