import { command } from '../../command.ts'
import { webhookRecord } from '../../views/webhooks.ts'

export const webhooksShow = command({
  name: 'show',
  summary: 'Show a webhook, without its secret',
  arguments: { webhook: 'Id' },
  offers: 'webhooks',
  async run({ cli, args }) {
    const webhook = await cli.client().call('webhooks.show', { params: { id: args.webhook } })
    await cli.print.record(webhookRecord, webhook)
  },
})
