import { command } from '../../../command.ts'
import { listOptions, readList } from '../../../list-options.ts'
import { someOf } from '../../../options.ts'
import { delegationView } from '../../../views/delegations.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const delegationsList = command({
  name: 'list',
  summary: 'List delegations, newest first; those that are not ended unless asked otherwise',
  options: { status: someOf('Only these states', [...vocabulary.delegationStates, 'all']), ...listOptions },
  examples: ['xeroctl project delegations', 'xeroctl project delegations list --status ended'],
  async run({ cli, options: { status, ...options } }) {
    const query = { status: status.includes('all') ? 'all' : status.join(',') || undefined }
    await cli.print.list(delegationView, await readList(cli, 'delegations.list', { query }, options))
  },
})
