import { command } from '../../../command.ts'
import { readWholeList, wholeListOptions } from '../../../list-options.ts'
import { groupView } from '../../../views/groups.ts'

export const groupsList = command({
  name: 'list',
  summary: 'List groups',
  options: wholeListOptions,
  examples: ['xeroctl project groups'],
  async run({ cli, options }) {
    await cli.print.list(groupView, await readWholeList(cli, 'groups.list', {}, options))
  },
})
