import { command } from '../../../command.ts'
import { sessionRecord } from '../../../views/sessions.ts'

export const sessionsEnd = command({
  name: 'end',
  summary: 'End a session; its page and its stream end at once',
  arguments: { session: 'Id' },
  notes: 'Who it was may log in again: to keep somebody out, deactivate or remove them.',
  examples: ['xeroctl project sessions end <id>'],
  async run({ cli, args }) {
    const session = await cli.write('sessions.end', { params: { id: args.session } })
    if (session !== undefined) await cli.print.record(sessionRecord, session)
  },
})
