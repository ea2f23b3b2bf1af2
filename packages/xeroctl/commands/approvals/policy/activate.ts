import { command } from '../../../command.ts'
import { policyChangeRecord } from '../../../views/policies.ts'

export const policyActivate = command({
  name: 'activate',
  summary: 'Let the draft of a policy decide',
  arguments: { policy: 'Name or id' },
  examples: ['xeroctl approvals policy activate prod --dry-run'],
  async run({ cli, args: { policy } }) {
    const dry_run = cli.globals.dryRun === true
    const change = await cli.client().call('policies.activate', { params: { policy }, body: { dry_run } })
    await cli.print.record(policyChangeRecord(dry_run), change)
  },
})
