import { command } from '../../../command.ts'
import { UsageError } from '../../../exit-codes.ts'
import { channelRecord } from '../../../views/channels.ts'
import { activeOption, eventNotes } from '../../webhooks/subscription.ts'
import { channelBody, channelOptions } from './options.ts'

export const channelsUpdate = command({
  name: 'update',
  summary: 'Change a channel; what is not named stays',
  arguments: { channel: 'Id' },
  offers: 'channels',
  options: { ...channelOptions, active: activeOption },
  notes: eventNotes,
  examples: [
    'xeroctl notifications channels update <id> --from-stage 1',
    'xeroctl notifications channels update <id> --active no',
  ],
  async run({ cli, args, options }) {
    const { active } = options
    const body = { ...channelBody(options), ...(active === undefined ? {} : { is_active: active === 'yes' }) }
    if (Object.keys(body).length === 0)
      throw new UsageError('give what is to change: --events, --from-stage, --active …')
    const channel = await cli.write('channels.update', { params: { id: args.channel }, body })
    if (channel !== undefined) await cli.print.record(channelRecord, channel)
  },
})
