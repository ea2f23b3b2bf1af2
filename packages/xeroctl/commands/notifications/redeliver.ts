import { command } from '../../command.ts'
import { deliveryRecord } from '../../views/deliveries.ts'

export const notificationsRedeliver = command({
  name: 'redeliver',
  summary: 'Send what was delivered or given up again, with the same id',
  arguments: { delivery: 'Id' },
  examples: ['xeroctl notifications redeliver <id>'],
  async run({ cli, args }) {
    const delivery = await cli.write('deliveries.redeliver', { params: { id: args.delivery } })
    if (delivery !== undefined) await cli.print.record(deliveryRecord, delivery)
  },
})
