import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { deliveryView } from '../../views/deliveries.ts'
import { deliveryStateOption, deliveryStateQuery } from '../notifications/delivery-state.ts'

export const webhooksDeliveries = command({
  name: 'deliveries',
  summary: 'What a webhook was sent, and how that went',
  arguments: { webhook: 'Id' },
  offers: 'webhooks',
  options: { ...deliveryStateOption, ...listOptions },
  examples: ['xeroctl webhooks <id> --deliveries', 'xeroctl webhooks deliveries <id> --state exhausted'],
  async run({ cli, args, options }) {
    const input = { params: { id: args.webhook }, query: deliveryStateQuery(options.state) }
    await cli.print.list(deliveryView, await readList(cli, 'webhooks.deliveries', input, options))
  },
})
