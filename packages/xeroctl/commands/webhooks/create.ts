import { command } from '../../command.ts'
import { required, text } from '../../options.ts'
import { printSecret, secretNotes } from '../../secret.ts'
import { webhookRecord } from '../../views/webhooks.ts'
import { eventNotes, subscriptionOf, subscriptionOptions } from './subscription.ts'

export const webhooksCreate = command({
  name: 'create',
  summary: 'Create a webhook; its secret is printed this once',
  options: {
    url: required(text('Where events are posted, https://…', { placeholder: 'url' })),
    description: text('What it is for'),
    ...subscriptionOptions,
    events: required(subscriptionOptions.events),
  },
  notes: `${secretNotes('secret')}\n\n${eventNotes}`,
  examples: [
    "xeroctl webhooks create --url https://hooks.example.com/xem --events 'exec.*'",
    'xeroctl webhooks --create --url https://hooks.example.com/xem --events exec.failed,agent.offline',
  ],
  async run({ cli, options }) {
    const { url, description } = options
    const body = { url, description, ...subscriptionOf(options), events: options.events }
    const created = await cli.write('webhooks.create', { body })
    if (created !== undefined) {
      await printSecret(cli, created, webhookRecord, 'The receiver needs it; it is not shown again.', created.secret)
    }
  },
})
