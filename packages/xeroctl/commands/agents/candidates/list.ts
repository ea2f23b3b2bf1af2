import { command } from '../../../command.ts'
import { listOptions, readList } from '../../../list-options.ts'
import { someOf } from '../../../options.ts'
import { candidateView } from '../../../views/candidates.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const candidatesList = command({
  name: 'list',
  summary: 'List who asks to enroll, newest first; those that wait unless asked otherwise',
  options: { status: someOf('Only these states', [...vocabulary.candidateStates, 'all']), ...listOptions },
  examples: ['xeroctl agents candidates', 'xeroctl agents candidates list --status all'],
  async run({ cli, options: { status, ...page } }) {
    const query = { status: status.includes('all') ? 'all' : status.join(',') || undefined }
    await cli.print.list(candidateView, await readList(cli, 'candidates.list', { query }, page))
  },
})
