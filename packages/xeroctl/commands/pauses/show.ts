import { command } from '../../command.ts'
import { pauseRecord } from '../../views/pauses.ts'

export const pausesShow = command({
  name: 'show',
  summary: 'Show a pause: what, who, why, since when and until when',
  arguments: { pause: 'Id' },
  offers: 'pauses',
  examples: ['xeroctl pauses show <id>'],
  async run({ cli, args }) {
    await cli.print.record(pauseRecord, await cli.client().call('pauses.show', { params: { id: args.pause } }))
  },
})
