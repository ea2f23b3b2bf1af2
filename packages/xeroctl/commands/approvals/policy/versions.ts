import { command } from '../../../command.ts'
import { listOptions, readList } from '../../../list-options.ts'
import { policyVersionView } from '../../../views/policies.ts'

export const policyVersions = command({
  name: 'versions',
  summary: 'List the versions of a policy, newest first',
  arguments: { policy: 'Name or id' },
  options: listOptions,
  async run({ cli, args, options }) {
    const list = await readList(cli, 'policies.versions', { params: { policy: args.policy } }, options)
    await cli.print.list(policyVersionView, list)
  },
})
