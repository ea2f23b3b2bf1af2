import { command } from '../../command.ts'
import { text } from '../../options.ts'
import { whoamiRecord } from '../../views/whoami.ts'
import { quietOf } from './quiet.ts'

export const notificationsQuietHours = command({
  name: 'quiet-hours',
  summary: 'Say when you get no mail; what came meanwhile is one message afterwards',
  arguments: { hours: "As 22:00-07:00; 'none' ends them" },
  options: { timeZone: text('Whose clocks they are of', { placeholder: 'zone' }) },
  notes: 'They are yours, in this project. Channels have their own: xeroctl notifications channels update --quiet.',
  examples: [
    'xeroctl notifications quiet-hours 22:00-07:00 --time-zone Europe/Berlin',
    'xeroctl notifications quiet-hours none',
  ],
  async run({ cli, args, options: { timeZone } }) {
    const body = { quiet_hours: quietOf(args.hours, timeZone, '<hours>') }
    const person = await cli.write('whoami.update', { body })
    if (person !== undefined) await cli.print.record(whoamiRecord, person)
  },
})
