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
  const pace = createPace()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_, body, done) => {
    if (body.length === 0) return done(null, undefined)
    const read = () => {
      try {
        done(null, parsed(body))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    }
    if (body.length <= limits.pacedBodyBytes) read()
    else pace(read)
  })
}

/** @throws Fault json_parse_error, invalid_body */
function parsed(body: Buffer): unknown {
  if (!isUtf8(body)) throw new Fault('json_parse_error', { message: 'The request body is not valid UTF-8.' })
  const text = body.toString().replace(/^\ufeff/, '')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Fault('json_parse_error', { cause })
  }
  // It may be written with escapes.
  const path = text.includes('__proto__') || text.includes('\\u') ? pathOfPrototype(value) : undefined
  if (path === undefined) return value
  // JSON may have such a member, and code that copies members one by one would take it for
  // something else.
  const message = `${path}: no member of a request may be called "__proto__"`
  throw new Fault('invalid_body', { param: path, message })
}

/**
 * Where a member has this name of all. No call for each level: a body may have any number of them.
 */
function pathOfPrototype(whole: unknown): string | undefined {
  const open: { value: unknown; path: string[] }[] = [{ value: whole, path: [] }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next
    if (typeof value !== 'object' || value === null) continue
    for (const [key, item] of Object.entries(value)) {
      if (key === '__proto__') return [...path, key].join('.')
      if (typeof item === 'object') open.push({ value: item, path: [...path.slice(0, limits.argumentsDepth), key] })
    }
  }
  return undefined
}
