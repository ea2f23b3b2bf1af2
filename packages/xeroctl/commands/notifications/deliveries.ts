import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { text } from '../../options.ts'
import { deliveryView } from '../../views/deliveries.ts'
import { deliveryStateOption, deliveryStateQuery } from './delivery-state.ts'

export const notificationsDeliveries = command({
  name: 'deliveries',
  summary: 'What webhooks, channels and people were sent, and how that went',
  options: {
    ...deliveryStateOption,
    channel: text('Of one webhook or channel', { placeholder: 'id', live: 'webhooks' }),
    ...listOptions,
  },
  examples: ['xeroctl notifications deliveries --state exhausted'],
  async run({ cli, options }) {
    const query = { ...deliveryStateQuery(options.state), channel: options.channel }
    await cli.print.list(deliveryView, await readList(cli, 'deliveries.list', { query }, options))
  },
})
