import { limits } from '@xerotier/protocol/limits.ts'
import { command } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { deliveryRecord } from '../../views/deliveries.ts'

export const webhooksTest = command({
  name: 'test',
  summary: 'Send a test event now, and say how it went',
  arguments: { webhook: 'Id' },
  offers: 'webhooks',
  notes: `At most ${limits.testDeliveriesPerHour} an hour. The exit code says whether it was delivered.`,
  examples: ['xeroctl webhooks <id> --test'],
  async run({ cli, args }) {
    const delivery = await cli.write('webhooks.test', { params: { id: args.webhook } })
    if (delivery === undefined) return
    await cli.print.record(deliveryRecord, delivery)
    return delivery.state === 'delivered' ? exitCodes.ok.code : exitCodes.unexpected.code
  },
})
