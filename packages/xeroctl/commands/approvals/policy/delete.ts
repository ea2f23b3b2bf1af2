import { command } from '../../../command.ts'
import { confirm } from '../../../confirm.ts'
import { toggle } from '../../../options.ts'
import { policyChangeRecord } from '../../../views/policies.ts'

export const policyDelete = command({
  name: 'delete',
  summary: 'Delete a policy; its versions stay on record',
  arguments: { policy: 'Name or id' },
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  async run({ cli, args: { policy }, options }) {
    const dry_run = cli.globals.dryRun === true
    await confirm(cli, `Delete the policy ${policy}?`, options.yes)
    const change = await cli.client().call('policies.delete', { params: { policy }, query: { dry_run } })
    await cli.print.record(policyChangeRecord(dry_run), change)
  },
})
