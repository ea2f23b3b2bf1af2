import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { text } from '../../options.ts'
import { webhookRecord } from '../../views/webhooks.ts'
import { activeOption, eventNotes, subscriptionOf, subscriptionOptions } from './subscription.ts'

export const webhooksUpdate = command({
  name: 'update',
  summary: 'Change what a webhook says; what is not named stays',
  arguments: { webhook: 'Id' },
  offers: 'webhooks',
  options: {
    url: text('Where events are posted, https://…', { placeholder: 'url' }),
    description: text('What it is for'),
    ...subscriptionOptions,
    active: activeOption,
  },
  notes: eventNotes,
  examples: ["xeroctl webhooks <id> --update --events 'exec.*,agent.*'", 'xeroctl webhooks update <id> --active no'],
  async run({ cli, args, options }) {
    const { url, description, active } = options
    const given = {
      ...(url === undefined ? {} : { url }),
      ...(description === undefined ? {} : { description }),
      ...subscriptionOf(options),
      ...(active === undefined ? {} : { is_active: active === 'yes' }),
    }
    if (Object.keys(given).length === 0) throw new UsageError('give what is to change: --url, --events, --active …')
    const webhook = await cli.write('webhooks.update', { params: { id: args.webhook }, body: given })
    if (webhook !== undefined) await cli.print.record(webhookRecord, webhook)
  },
})
