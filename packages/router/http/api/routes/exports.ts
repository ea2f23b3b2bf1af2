import { Readable } from 'node:stream'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Core } from '../../../core.ts'
import { createExport, deleteExport, findExport, listExports } from '../../../domain/exports/change.ts'
import { presentExport } from '../../../domain/exports/present.ts'
import type { Handlers } from '../handlers.ts'

export function exportHandlers(core: Core) {
  return {
    'exports.list': ({ actor, query }) => listExports(core, actor, query),
    'exports.create': ({ actor, body }) => createExport(core, actor, body),
    'exports.show': async ({ actor, params }) => presentExport(await findExport(core, actor, params.id)),
    'exports.download': async ({ actor, params, reply }) => {
      const { id, state, bytes } = await findExport(core, actor, params.id)
      if (state !== 'completed' || bytes === null) throw new Fault('export_not_ready')
      reply.type('application/octet-stream')
      reply.header('content-length', bytes)
      return Readable.from(core.archives.read(id), { objectMode: false })
    },
    'exports.delete': ({ actor, params }) => deleteExport(core, actor, params.id),
  } satisfies Partial<Handlers>
}
