import { command } from '../../../command.ts'
import { listOptions, readList } from '../../../list-options.ts'
import { text } from '../../../options.ts'
import { sessionView } from '../../../views/sessions.ts'

export const sessionsList = command({
  name: 'list',
  summary: 'List who is logged in at the dashboard, newest first',
  options: { member: text('Only of this one', { placeholder: 'e-mail|id' }), ...listOptions },
  examples: ['xeroctl project sessions', 'xeroctl project sessions list --member anna@example.com'],
  async run({ cli, options: { member, ...options } }) {
    await cli.print.list(sessionView, await readList(cli, 'sessions.list', { query: { member } }, options))
  },
})
