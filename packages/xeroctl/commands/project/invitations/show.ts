import { command } from '../../../command.ts'
import { invitationRecord } from '../../../views/invitations.ts'

export const invitationsShow = command({
  name: 'show',
  summary: 'Show an invitation, without its token',
  arguments: { invitation: 'Id' },
  offers: 'invitations',
  async run({ cli, args }) {
    const invitation = await cli.client().call('invitations.show', { params: { id: args.invitation } })
    await cli.print.record(invitationRecord, invitation)
  },
})
