import { command } from '../../command.ts'
import { legalHoldRecord } from '../../views/legal-holds.ts'

export const legalHoldsShow = command({
  name: 'show',
  summary: 'Show a legal hold: what, who, why and since when',
  arguments: { hold: 'Id' },
  offers: 'legal-holds',
  examples: ['xeroctl legal-holds show <id>'],
  async run({ cli, args }) {
    await cli.print.record(legalHoldRecord, await cli.client().call('legalHolds.show', { params: { id: args.hold } }))
  },
})
