import { command } from '../../../command.ts'
import { words } from '../../../options.ts'
import { groupRecord } from '../../../views/groups.ts'

export const groupsCreate = command({
  name: 'create',
  summary: 'Create a group; it keeps its name, which policies ask by',
  arguments: { name: 'Letters, digits and inner hyphens' },
  options: { member: words('Who is in it (e-mails or ids)', { live: 'members' }) },
  examples: ['xeroctl project groups create sre --member anna@example.com,ben@example.com'],
  async run({ cli, args, options: { member } }) {
    const group = await cli.write('groups.create', { body: { name: args.name, members: member } })
    if (group !== undefined) await cli.print.record(groupRecord, group)
  },
})
