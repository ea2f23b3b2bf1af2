import type { AuditRecord } from '@xerotier/protocol/api/audit.ts'
import { command } from '../../command.ts'
import { connectionNotes } from '../../follow/connection-notes.ts'
import { jsonOf } from '../../follow/json-of.ts'
import { text } from '../../options.ts'
import { auditLine, isAuditRecord } from '../../views/audit.ts'
import { recordFilters, recordQuery } from './filters.ts'

export const auditWatch = command({
  name: 'watch',
  summary: 'Print records as they are written, one a line',
  options: { ...recordFilters, lastEventId: text('Start behind this record instead of now', { placeholder: 'id' }) },
  notes: 'Resumes by itself after a cut. Under -o json and ndjson each line is one JSON object. Ctrl-C ends it.',
  examples: ['xeroctl audit watch --kind access,api_key -o ndjson'],
  async run({ cli, options: { lastEventId, ...filters } }) {
    const stop = new AbortController()
    const release = cli.surroundings.onInterrupt(() => stop.abort())
    const stream = {
      signal: stop.signal,
      onState: connectionNotes(cli),
      ...(lastEventId === undefined ? {} : { lastEventId }),
    }
    try {
      for await (const { data } of cli.client().events('audit.stream', { query: recordQuery(filters) }, stream)) {
        const record = jsonOf(data)
        if (isAuditRecord(record)) await cli.print.entry<AuditRecord>(record, ({ id }) => id, auditLine)
      }
    } finally {
      release()
    }
  },
})
