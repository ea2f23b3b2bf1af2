import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { oneOf, text } from '../../options.ts'
import { legalHoldView } from '../../views/legal-holds.ts'

export const legalHoldsList = command({
  name: 'list',
  summary: 'List what is held, newest first; of the past when asked for',
  options: {
    status: oneOf('Which; default held', ['held', 'released', 'all']),
    incident: text('Only those for this incident or case', { placeholder: 'id' }),
    ...listOptions,
  },
  examples: ['xeroctl legal-holds', 'xeroctl legal-holds list --status all --incident INC-42'],
  async run({ cli, options: { status, incident, ...page } }) {
    await cli.print.list(legalHoldView, await readList(cli, 'legalHolds.list', { query: { status, incident } }, page))
  },
})
