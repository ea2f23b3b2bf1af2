import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { webhookView } from '../../views/webhooks.ts'

export const webhooksList = command({
  name: 'list',
  summary: 'List webhooks',
  options: listOptions,
  examples: ['xeroctl webhooks'],
  async run({ cli, options }) {
    await cli.print.list(webhookView, await readList(cli, 'webhooks.list', {}, options))
  },
})
