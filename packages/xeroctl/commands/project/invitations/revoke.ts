import { command } from '../../../command.ts'
import { invitationRecord } from '../../../views/invitations.ts'

export const invitationsRevoke = command({
  name: 'revoke',
  summary: 'Revoke a pending invitation',
  arguments: { invitation: 'Id' },
  offers: 'invitations',
  examples: ['xeroctl project invitations revoke <id>'],
  async run({ cli, args }) {
    const invitation = await cli.write('invitations.revoke', { params: { id: args.invitation } })
    if (invitation !== undefined) await cli.print.record(invitationRecord, invitation)
  },
})
