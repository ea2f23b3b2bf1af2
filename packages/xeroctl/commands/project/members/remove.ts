import { command } from '../../../command.ts'
import { confirm } from '../../../confirm.ts'
import { toggle } from '../../../options.ts'
import { memberRecord } from '../../../views/members.ts'

export const membersRemove = command({
  name: 'remove',
  summary: 'Remove a member, with their keys, groups and delegations',
  arguments: { member: 'E-mail or id' },
  offers: 'members',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  examples: ['xeroctl project members remove anna@example.com --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `Remove '${args.member}' from the project, and revoke their keys?`, options.yes)
    const member = await cli.write('members.remove', { params: { id: args.member } })
    if (member === undefined) return
    cli.say(`${member.name} (${member.email}) is no member any more`)
    await cli.print.record(memberRecord, member)
  },
})
