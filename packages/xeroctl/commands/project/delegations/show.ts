import { command } from '../../../command.ts'
import { delegationRecord } from '../../../views/delegations.ts'

export const delegationsShow = command({
  name: 'show',
  summary: 'Show a delegation',
  arguments: { delegation: 'Id' },
  offers: 'delegations',
  async run({ cli, args }) {
    const delegation = await cli.client().call('delegations.show', { params: { id: args.delegation } })
    await cli.print.record(delegationRecord, delegation)
  },
})
