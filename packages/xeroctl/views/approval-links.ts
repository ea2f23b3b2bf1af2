import type { ApprovalLink } from '@xerotier/protocol/api/approval-links.ts'
import type { RecordView, View } from '../output/view.ts'
import { shortId } from '../short-id.ts'

export const linkView: View<ApprovalLink> = {
  name: (link) => link.id,
  columns: [
    { header: 'ID', value: (link) => link.id },
    { header: 'STATE', value: stateOf },
    { header: 'PERSON', value: (link) => link.user_email, shrink: true },
    { header: 'TOOL', value: (link) => link.tool, dropOrder: 2 },
    { header: 'APPROVAL', value: (link) => link.approval_id, short: (link) => shortId(link.approval_id), dropOrder: 3 },
    {
      header: 'EXPIRES',
      value: (link) => ({ due: endOf(link) }),
      shortHeader: 'LEFT',
      short: (link) => ({ left: endOf(link) }),
      dropOrder: 4,
    },
    { header: 'CREATED', value: (link) => ({ time: link.created_at }), dropOrder: 1 },
  ],
}

export const linkRecord: RecordView<ApprovalLink> = {
  name: linkView.name,
  detail: (link) => ({
    fields: [
      ['Id', link.id],
      ['State', stateOf(link)],
      ['Person', `${link.user_name} (${link.user_email})`],
      ['Approval', link.approval_id],
      ['Tool', link.tool],
      ['Decision', link.decision],
      ['Made by', link.created_by],
      ['Created', { time: link.created_at }],
      ['Expires', { due: link.expires_at }],
      ['Used', { time: link.used_at }],
      ['Revoked', { time: link.revoked_at }],
    ],
  }),
}

/** What is of no use any more ends no more. */
function endOf({ state, expires_at }: ApprovalLink): string | null {
  return state === 'open' || state === 'expired' ? expires_at : null
}

function stateOf({ state }: ApprovalLink) {
  return { word: state }
}
