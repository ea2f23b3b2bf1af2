import { command } from '../../../command.ts'
import { UsageError } from '../../../exit-codes.ts'
import { oneOf, text, toggle } from '../../../options.ts'
import { memberRecord } from '../../../views/members.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const membersUpdate = command({
  name: 'update',
  summary: 'Change the role of a member, or deactivate them',
  arguments: { member: 'E-mail or id' },
  offers: 'members',
  options: {
    role: oneOf('What they are in the project', vocabulary.projectRoles),
    name: text('What people call them', { placeholder: 'name' }),
    systemRole: oneOf('What they are for the installation; for admins', [...vocabulary.systemRoles, 'none']),
    deactivate: toggle('Their keys and sessions stop at once, in every project'),
    activate: toggle('They may come in again'),
  },
  notes: 'Name and activity are of the whole installation: for its admins, and for owners of their only project.',
  examples: [
    'xeroctl project members update anna@example.com --role owner',
    'xeroctl project members update anna@example.com --deactivate',
  ],
  async run({ cli, args, options: { role, name, systemRole, deactivate, activate } }) {
    if (deactivate && activate) throw new UsageError('give --deactivate or --activate, not both')
    const body = {
      role,
      name,
      system_role: systemRole === 'none' ? null : systemRole,
      active: deactivate ? false : activate ? true : undefined,
    }
    if (Object.values(body).every((value) => value === undefined)) throw new UsageError('say what is to change')
    const member = await cli.write('members.update', { params: { id: args.member }, body })
    if (member !== undefined) await cli.print.record(memberRecord, member)
  },
})
