import { command } from '../../../command.ts'
import { required, words } from '../../../options.ts'
import { groupRecord } from '../../../views/groups.ts'

export const groupsAdd = command({
  name: 'add',
  summary: 'Put members into a group',
  arguments: { group: 'Name or id' },
  offers: 'groups',
  options: { member: required(words('Who (e-mails or ids)', { live: 'members' })) },
  examples: ['xeroctl project groups add sre --member anna@example.com'],
  async run({ cli, args, options }) {
    for (const [at, member] of options.member.entries()) {
      const group = await cli.write('groups.addMember', { params: { id: args.group }, body: { member } })
      if (group !== undefined && at === options.member.length - 1) await cli.print.record(groupRecord, group)
    }
  },
})
