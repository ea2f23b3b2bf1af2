import { command } from '../../../command.ts'
import { groupRecord } from '../../../views/groups.ts'

export const groupsShow = command({
  name: 'show',
  summary: 'Show a group and who is in it',
  arguments: { group: 'Name or id' },
  offers: 'groups',
  async run({ cli, args }) {
    await cli.print.record(groupRecord, await cli.client().call('groups.show', { params: { id: args.group } }))
  },
})
