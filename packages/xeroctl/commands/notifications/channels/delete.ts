import { command } from '../../../command.ts'
import { confirm } from '../../../confirm.ts'
import { toggle } from '../../../options.ts'
import { channelRecord } from '../../../views/channels.ts'

export const channelsDelete = command({
  name: 'delete',
  summary: 'Remove a channel for good; what waits for it is given up',
  arguments: { channel: 'Id' },
  offers: 'channels',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  examples: ['xeroctl notifications channels delete <id> --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `Remove channel '${args.channel}' for good?`, options.yes)
    const channel = await cli.write('channels.delete', { params: { id: args.channel } })
    if (channel !== undefined) await cli.print.record(channelRecord, channel)
  },
})
