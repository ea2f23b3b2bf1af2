import { command } from '../../../command.ts'
import { channelRecord } from '../../../views/channels.ts'

export const channelsShow = command({
  name: 'show',
  summary: 'Show a channel, without its secret',
  arguments: { channel: 'Id' },
  offers: 'channels',
  async run({ cli, args }) {
    const channel = await cli.client().call('channels.show', { params: { id: args.channel } })
    await cli.print.record(channelRecord, channel)
  },
})
