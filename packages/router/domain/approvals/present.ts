import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import type { ApprovalRow } from '../../store/tables.ts'

/** What the record refers to by id, in the operators' words. */
export interface ApprovalNames {
  workspace: string
  requestedBy: string | null
  decidedBy: string | null
}

/** The public form of an approval, the same at every door. */
export function presentApproval(row: ApprovalRow, names: ApprovalNames): Approval {
  return {
    id: row.id,
    object: 'approval',
    execution_id: row.execution_id,
    workspace_id: row.workspace_id,
    workspace: names.workspace,
    tool: row.tool,
    risk: row.risk,
    state: row.state,
    args: row.args,
    prompt: row.prompt,
    reason: row.reason,
    digest: row.digest,
    policy_version: row.policy_version,
    requested_by: row.requested_by,
    requested_by_name: names.requestedBy,
    requested_at: row.requested_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    decided_by: row.decided_by,
    decided_by_name: names.decidedBy,
    decided_at: row.decided_at?.toISOString() ?? null,
    note: row.note,
    confirm: row.risk === 'irreversible' ? row.tool : null,
  }
}

/** The row as it stands now: one that nobody decided in time is expired, whether or not the timer has come to it (law L3). */
export function asOf<Row extends Pick<ApprovalRow, 'state' | 'expires_at'>>(row: Row, now: number): Row {
  return row.state === 'pending' && row.expires_at.getTime() <= now ? { ...row, state: 'expired' } : row
}
