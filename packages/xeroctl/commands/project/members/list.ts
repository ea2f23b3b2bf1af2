import { command } from '../../../command.ts'
import { readWholeList, wholeListOptions } from '../../../list-options.ts'
import { oneOf } from '../../../options.ts'
import { memberView } from '../../../views/members.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const membersList = command({
  name: 'list',
  summary: 'List the members of the project',
  options: { role: oneOf('Only these', vocabulary.projectRoles), ...wholeListOptions },
  examples: ['xeroctl project members', 'xeroctl project members list --role owner'],
  async run({ cli, options: { role, ...options } }) {
    await cli.print.list(memberView, await readWholeList(cli, 'members.list', { query: { role } }, options))
  },
})
