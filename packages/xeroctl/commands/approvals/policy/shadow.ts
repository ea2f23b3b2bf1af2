import { command } from '../../../command.ts'
import { policyBacktestRecord } from '../../../views/policies.ts'

export const policyShadow = command({
  name: 'shadow',
  summary: 'What the draft of a policy would have said since it is there',
  arguments: { policy: 'Name or id' },
  async run({ cli, args: { policy } }) {
    const result = await cli.client().call('policies.shadow', { params: { policy } })
    await cli.print.record(policyBacktestRecord, result)
  },
})
