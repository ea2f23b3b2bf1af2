import { Readable } from 'node:stream'
import type { Core } from '../../../core.ts'
import { checkpointText, entryLines, showLog, tileBytes } from '../../../domain/audit/log.ts'
import { listRecords, showRecord } from '../../../domain/audit/records.ts'
import { streamRecords } from '../../../domain/audit/stream.ts'
import { lastEventIdOf } from '../../headers.ts'
import type { Streams } from '../../stream/streams.ts'
import type { Handlers } from '../handlers.ts'

export function auditHandlers(core: Core, streams: Streams) {
  return {
    'audit.records': ({ actor, query }) => listRecords(core, actor, query),
    'audit.stream': async ({ actor, admission, query, request, reply }) => {
      const start = await streamRecords(core, actor, query, lastEventIdOf(request))
      return streams.serve(admission, request, reply, start)
    },
    'audit.record': ({ actor, params }) => showRecord(core, actor, params.id),
    'audit.log': ({ actor }) => showLog(core, actor),
    'audit.checkpoint': async ({ actor, reply }) => {
      reply.type('text/plain; charset=utf-8')
      return checkpointText(core, actor)
    },
    'audit.entries': async ({ actor, query, reply }) => {
      const lines = await entryLines(core, actor, query)
      reply.type('application/octet-stream')
      return Readable.from(lines, { objectMode: false })
    },
    'audit.tile': async ({ actor, params: { level, tile }, reply }) => {
      reply.type('application/octet-stream')
      return Readable.from([await tileBytes(core, actor, [level, tile])])
    },
    'audit.tileBelow': async ({ actor, params: { level, tile, below }, reply }) => {
      reply.type('application/octet-stream')
      return Readable.from([await tileBytes(core, actor, [level, tile, below])])
    },
    'audit.tileFarBelow': async ({ actor, params: { level, tile, below, last }, reply }) => {
      reply.type('application/octet-stream')
      return Readable.from([await tileBytes(core, actor, [level, tile, below, last])])
    },
  } satisfies Partial<Handlers>
}
