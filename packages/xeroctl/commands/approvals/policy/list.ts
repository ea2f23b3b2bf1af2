import { command } from '../../../command.ts'
import { readWholeList, wholeListOptions } from '../../../list-options.ts'
import { policyView } from '../../../views/policies.ts'

export const policyList = command({
  name: 'list',
  summary: 'List the approval policies',
  options: wholeListOptions,
  async run({ cli, options }) {
    await cli.print.list(policyView, await readWholeList(cli, 'policies.list', {}, options))
  },
})
