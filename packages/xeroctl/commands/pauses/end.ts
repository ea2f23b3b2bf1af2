import { command } from '../../command.ts'
import { pauseRecord, subjectOf } from '../../views/pauses.ts'

export const pausesEnd = command({
  name: 'end',
  summary: 'Resume: end a pause now; its record stays',
  arguments: { pause: 'Id' },
  offers: 'pauses',
  notes: 'What it held back goes to agents oldest first, and not all at once. Another pause of the same goes on.',
  examples: ['xeroctl pauses end <id>'],
  async run({ cli, args }) {
    const pause = await cli.write('pauses.end', { params: { id: args.pause } })
    if (pause === undefined) return
    cli.say(`${subjectOf(pause)} is resumed`)
    await cli.print.record(pauseRecord, pause)
  },
})
