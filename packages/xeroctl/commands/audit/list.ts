import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { text } from '../../options.ts'
import { instant } from '../../output/time.ts'
import { auditRecordView } from '../../views/audit.ts'
import { recordFilters, recordQuery } from './filters.ts'

export const auditList = command({
  name: 'list',
  summary: 'List what was done, read and refused, newest first',
  options: {
    ...recordFilters,
    since: text('Not older than this: 30m, 2h, 7d or a time', { placeholder: 'when' }),
    until: text('Not newer than this', { placeholder: 'when' }),
    ...listOptions,
  },
  examples: [
    'xeroctl audit list --subject <execution-id>',
    'xeroctl audit list --actor ada@example.com --since 7d',
    'xeroctl audit list --kind access.refused,agent --since 2h',
  ],
  async run({ cli, options: { limit, after, since, until, ...filters } }) {
    const now = cli.surroundings.now()
    const query = {
      ...recordQuery(filters),
      since: since === undefined ? undefined : instant(since, '--since', now),
      until: until === undefined ? undefined : instant(until, '--until', now),
    }
    await cli.print.list(auditRecordView, await readList(cli, 'audit.records', { query }, { limit, after }))
  },
})
