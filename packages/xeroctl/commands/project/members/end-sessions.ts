import { command } from '../../../command.ts'
import { confirm } from '../../../confirm.ts'
import { toggle } from '../../../options.ts'

export const membersEndSessions = command({
  name: 'end-sessions',
  summary: 'End all sessions of a member at the dashboard: they have to log in again',
  arguments: { member: 'E-mail or id' },
  offers: 'members',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  notes: 'To keep somebody out, deactivate or remove them: a password or a key of theirs opens another session.',
  examples: ['xeroctl project members end-sessions anna@example.com --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `End all sessions of '${args.member}'?`, options.yes)
    const done = await cli.write('members.endSessions', { params: { id: args.member } })
    if (done === undefined) return
    cli.say(`${done.user_name} (${done.user_email}) has to log in again: ${done.ended} ended`)
  },
})
