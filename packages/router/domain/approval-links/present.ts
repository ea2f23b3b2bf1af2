import { type ApprovalLink, approvalLinkSchema } from '@xerotier/protocol/api/approval-links.ts'
import type { NamedLinkRow } from '../../store/approval-links.ts'
import type { ApprovalLinkRow } from '../../store/tables.ts'
import { publicForm } from '../public-form.ts'

export const presentLink = publicForm<ApprovalLink, NamedLinkRow, { now: number }>(approvalLinkSchema, {
  object: () => 'approval_link',
  state: (row, { now }) => {
    const state = linkState(row, now)
    const isOver = row.approval_state !== 'pending' && row.approval_state !== 'expired'
    return isOver && (state === 'open' || state === 'expired') ? 'closed' : state
  },
})

export function linkState(row: ApprovalLinkRow, now: number): ApprovalLink['state'] {
  if (row.used_at !== null) return 'used'
  if (row.revoked_at !== null) return 'revoked'
  return row.expires_at.getTime() <= now ? 'expired' : 'open'
}
