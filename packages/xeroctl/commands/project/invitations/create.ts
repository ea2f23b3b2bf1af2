import { limits } from '@xerotier/protocol/limits.ts'
import { command } from '../../../command.ts'
import { number, oneOf, required, text, words } from '../../../options.ts'
import { printSecret, secretNotes } from '../../../secret.ts'
import { invitationRecord } from '../../../views/invitations.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const invitationsCreate = command({
  name: 'create',
  summary: 'Invite somebody; the token is printed this once',
  options: {
    email: required(text('Their address', { placeholder: 'e-mail' })),
    role: oneOf('Default: member', vocabulary.projectRoles),
    group: words('Groups that they will be in', { live: 'groups' }),
    expiresInHours: number(
      `Default ${limits.invitationHoursDefault}`,
      { min: 0.01, max: limits.invitationHoursMax, integer: false },
      { placeholder: 'hours' },
    ),
  },
  notes: secretNotes('token'),
  examples: ['xeroctl project invitations create --email anna@example.com --group sre'],
  async run({ cli, options: { email, role, group, expiresInHours } }) {
    const body = { email, role, groups: group, expires_in_hours: expiresInHours }
    const created = await cli.write('invitations.create', { body })
    if (created === undefined) return
    const remark = 'Give the token to them alone: whoever has it can come in as they. It is not shown again.'
    await printSecret(cli, created, invitationRecord, remark, created.token)
  },
})
