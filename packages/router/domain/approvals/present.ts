import { type Approval, approvalSchema } from '@xerotier/protocol/api/approvals.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import { publicForm } from '../public-form.ts'

/** What the record refers to by id, in the operators' words. */
export interface ApprovalNames {
  workspace: string
  requestedBy: string | null
  decidedBy: string | null
  /** Who could run it now. */
  agents: Approval['agents']
}

/** The public form of an approval, the same at every door. */
export const presentApproval = publicForm<Approval, ApprovalRow, ApprovalNames>(approvalSchema, {
  object: () => 'approval',
  workspace: (_, names) => names.workspace,
  requested_by_name: (_, names) => names.requestedBy,
  decided_by_name: (_, names) => names.decidedBy,
  agents: (_, names) => names.agents,
  confirm: (row) => (row.risk === 'irreversible' ? row.tool : null),
})

/**
 * The row as it stands now: what nobody decided in time is expired before the sweep says so (L3).
 */
export function asOf<Row extends Pick<ApprovalRow, 'state' | 'expires_at'>>(row: Row, now: number): Row {
  return row.state === 'pending' && row.expires_at.getTime() <= now ? { ...row, state: 'expired' } : row
}
