import { command } from '../../../command.ts'
import { UsageError } from '../../../exit-codes.ts'
import { required } from '../../../options.ts'
import { policyDiffRecord } from '../../../views/policies.ts'
import { versionOption } from './show.ts'

export const policyDiff = command({
  name: 'diff',
  summary: 'What differs between two versions of a policy',
  arguments: { policy: 'Name or id' },
  options: {
    from: required(versionOption('The earlier one')),
    to: versionOption('The later one; the one that decides, or decided last, when it is not given'),
  },
  examples: ['xeroctl approvals policy diff prod --from 3 --to 5'],
  async run({ cli, args: { policy }, options: { from, to } }) {
    const diff = await cli.client().call('policies.diff', { params: { policy }, query: { from, to } })
    if (from === diff.to) throw new UsageError(`--from and --to are both version ${from}`)
    await cli.print.record(policyDiffRecord, diff)
  },
})
