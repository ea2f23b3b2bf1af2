import type { Acceptance, Invitation } from '@xerotier/protocol/api/invitations.ts'
import type { RecordView, View } from '../output/view.ts'
import { actorInFull } from './actor.ts'

export const invitationView: View<Invitation> = {
  name: (invitation) => invitation.id,
  columns: [
    { header: 'ID', value: (invitation) => invitation.id, dropOrder: 3 },
    { header: 'EMAIL', value: (invitation) => invitation.email },
    { header: 'STATUS', value: (invitation) => ({ word: invitation.state }) },
    { header: 'ROLE', value: (invitation) => invitation.role, dropOrder: 2 },
    { header: 'GROUPS', value: (invitation) => invitation.groups.join(','), shrink: true, dropOrder: 1 },
    { header: 'EXPIRES', value: (invitation) => ({ due: pendingUntil(invitation) }) },
    { header: 'CREATED', value: (invitation) => ({ time: invitation.created_at }), wide: true },
    { header: 'CREATED BY', value: (invitation) => invitation.created_by_name ?? invitation.created_by, wide: true },
  ],
}

export const invitationRecord: RecordView<Invitation> = {
  name: invitationView.name,
  detail: (invitation) => ({
    fields: [
      ['Id', invitation.id],
      ['E-mail', invitation.email],
      ['Status', { word: invitation.state }],
      ['Role', invitation.role],
      ['Groups', invitation.groups.join(', ') || 'none'],
      ['Created', { time: invitation.created_at }],
      ['Created by', actorInFull(invitation.created_by, invitation.created_by_name)],
      ['Expires', { due: pendingUntil(invitation) }],
      ['Accepted', { time: invitation.accepted_at }],
      ['Accepted by', invitation.accepted_by],
      ['Revoked', { time: invitation.revoked_at }],
    ],
  }),
}

/** What was accepted or revoked expires no more. */
function pendingUntil({ state, expires_at }: Invitation): string | null {
  return state === 'pending' ? expires_at : null
}

/** Who somebody is from now on. */
export const acceptanceRecord: RecordView<Acceptance> = {
  name: ({ member }) => member.id,
  detail: ({ project, member, api_key }) => ({
    fields: [
      ['Project', project],
      ['You are', `${member.name} (${member.email})`],
      ['Role', member.role],
      ['Groups', member.groups.join(', ') || 'none'],
      ['Key', `${api_key.id} (${api_key.scopes.join(', ')})`],
    ],
  }),
}
