import { limits } from '@xerotier/protocol/limits.ts'
import { command } from '../../../command.ts'
import { exitCodes } from '../../../exit-codes.ts'
import { deliveryRecord } from '../../../views/deliveries.ts'

export const channelsTest = command({
  name: 'test',
  summary: 'Send a test message now, and say how it went',
  arguments: { channel: 'Id' },
  offers: 'channels',
  notes: `At most ${limits.testDeliveriesPerHour} an hour. The exit code says whether it was delivered.`,
  examples: ['xeroctl notifications channels test <id>'],
  async run({ cli, args }) {
    const delivery = await cli.write('channels.test', { params: { id: args.channel } })
    if (delivery === undefined) return
    await cli.print.record(deliveryRecord, delivery)
    return delivery.state === 'delivered' ? exitCodes.ok.code : exitCodes.unexpected.code
  },
})
