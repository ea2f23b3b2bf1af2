import { command } from '../../../command.ts'
import { listOptions, readList } from '../../../list-options.ts'
import { someOf } from '../../../options.ts'
import { invitationView } from '../../../views/invitations.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const invitationsList = command({
  name: 'list',
  summary: 'List invitations, newest first',
  options: { status: someOf('Only these states', [...vocabulary.invitationStates, 'all']), ...listOptions },
  examples: ['xeroctl project invitations', 'xeroctl project invitations list --status pending'],
  async run({ cli, options: { status, ...options } }) {
    const query = { status: status.includes('all') ? undefined : status.join(',') || undefined }
    await cli.print.list(invitationView, await readList(cli, 'invitations.list', { query }, options))
  },
})
