import { group } from '../../../command.ts'
import { invitationsAccept } from './accept.ts'
import { invitationsCreate } from './create.ts'
import { invitationsList } from './list.ts'
import { invitationsRevoke } from './revoke.ts'
import { invitationsShow } from './show.ts'

export const invitations = group({
  name: 'invitations',
  summary: 'Invite people by e-mail; for owners',
  members: [invitationsList, invitationsShow, invitationsCreate, invitationsRevoke, invitationsAccept],
  bare: { list: invitationsList, show: invitationsShow },
})
