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
  writing: Pick<Writing, 'tx' | 'now' | 'append'>,
  approvalId: string,
  move: ApprovalMove,
): Promise<ApprovalRow | undefined> {
  const [row] = await moveApprovals(writing, [approvalId], move)
  return row
}

/** Many at once. @returns those that moved, as they are now */
export async function moveApprovals(
  { tx, now, append }: Pick<Writing, 'tx' | 'now' | 'append'>,
  approvalIds: readonly string[],
  { to, set, actor, data }: ApprovalMove,
): Promise<ApprovalRow[]> {
  const rows = await tx
    .updateTable('approvals')
    .set({ ...set, state: to, decided_at: now })
    .where('id', 'in', approvalIds)
    .where('state', 'in', sourcesOf(approvalLifecycle, to))
    .returningAll()
    .execute()
  for (const row of rows) {
    append({
      project_id: row.project_id,
      kind: `approval.${to}`,
      actor,
      execution_id: row.execution_id,
      approval_id: row.id,
      workspace_id: row.workspace_id,
      ...(data === undefined ? {} : { data }),
    })
  }
  return rows
}
