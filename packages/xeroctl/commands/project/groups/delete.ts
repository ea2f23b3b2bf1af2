import { command } from '../../../command.ts'
import { confirm } from '../../../confirm.ts'
import { toggle } from '../../../options.ts'
import { groupRecord } from '../../../views/groups.ts'

export const groupsDelete = command({
  name: 'delete',
  summary: 'Delete a group; policies that ask it have nobody left to ask there',
  arguments: { group: 'Name or id' },
  offers: 'groups',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  examples: ['xeroctl project groups delete sre --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `Delete the group '${args.group}'?`, options.yes)
    const group = await cli.write('groups.delete', { params: { id: args.group } })
    if (group === undefined) return
    cli.say(`group ${group.name} (${group.id}) is deleted`)
    await cli.print.record(groupRecord, group)
  },
})
