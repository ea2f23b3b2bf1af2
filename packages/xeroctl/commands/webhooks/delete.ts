import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { toggle } from '../../options.ts'
import { webhookRecord } from '../../views/webhooks.ts'

export const webhooksDelete = command({
  name: 'delete',
  summary: 'Remove a webhook for good; what waits for it is given up',
  arguments: { webhook: 'Id' },
  offers: 'webhooks',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  examples: ['xeroctl webhooks <id> --delete --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `Remove webhook '${args.webhook}' for good?`, options.yes)
    const webhook = await cli.write('webhooks.delete', { params: { id: args.webhook } })
    if (webhook !== undefined) await cli.print.record(webhookRecord, webhook)
  },
})
