import { command } from '../../../command.ts'
import { oneOf, required } from '../../../options.ts'
import { channelRecord } from '../../../views/channels.ts'
import { vocabulary } from '../../../vocabulary.data.ts'
import { eventNotes } from '../../webhooks/subscription.ts'
import { channelBody, channelOptions } from './options.ts'

export const channelsCreate = command({
  name: 'create',
  summary: 'Create a channel: Slack, Microsoft Teams, PagerDuty or mail',
  options: {
    kind: required(oneOf('What it is', vocabulary.createdPlaceKinds)),
    ...channelOptions,
    name: required(channelOptions.name),
  },
  notes: `Without --events it is told of approvals that are asked for or escalate, and how they end.\n\n${eventNotes}`,
  examples: [
    "xeroctl notifications channels create --kind slack --name '#ops' --url https://hooks.slack.com/services/…",
    "xeroctl notifications channels create --kind pagerduty --name 'on call' --routing-key <key> --from-stage 1",
    'xeroctl notifications channels create --kind email --name dba --to dba@example.com --quiet 22:00-07:00 --time-zone Europe/Berlin',
  ],
  async run({ cli, options }) {
    const body = { kind: options.kind, ...channelBody(options), name: options.name }
    const channel = await cli.write('channels.create', { body })
    if (channel !== undefined) await cli.print.record(channelRecord, channel)
  },
})
