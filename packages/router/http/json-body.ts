import { isUtf8 } from 'node:buffer'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyInstance } from 'fastify'
import { createPace } from './pace.ts'

/**
 * One content type in, as it was sent: a byte that is no UTF-8 is refused, never replaced. An empty
 * body is no body.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  const pace = createPace()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    const read = () => {
      if (isUtf8(body)) return void parse(request, body.toString(), done)
      done(new Fault('json_parse_error', { message: 'The request body is not valid UTF-8.' }))
    }
    if (body.length <= limits.pacedBodyBytes) read()
    else pace(read)
  })
}
