import { command } from '../../../command.ts'
import { delegationRecord } from '../../../views/delegations.ts'

export const delegationsEnd = command({
  name: 'end',
  summary: 'End a delegation now; its record stays',
  arguments: { delegation: 'Id' },
  offers: 'delegations',
  examples: ['xeroctl project delegations end <id>'],
  async run({ cli, args }) {
    const delegation = await cli.write('delegations.end', { params: { id: args.delegation } })
    if (delegation !== undefined) await cli.print.record(delegationRecord, delegation)
  },
})
