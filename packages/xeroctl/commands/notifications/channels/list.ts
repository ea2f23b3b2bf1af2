import { command } from '../../../command.ts'
import { listOptions, readList } from '../../../list-options.ts'
import { channelView } from '../../../views/channels.ts'

export const channelsList = command({
  name: 'list',
  summary: 'List the channels where people are told',
  options: listOptions,
  examples: ['xeroctl notifications channels'],
  async run({ cli, options }) {
    await cli.print.list(channelView, await readList(cli, 'channels.list', {}, options))
  },
})
