import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { isTooDeep, tooDeep } from '@xerotier/protocol/depth.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { roundedNumbers } from '@xerotier/protocol/rounded-numbers.ts'
import type { FastifyInstance } from 'fastify'
import { createPace } from './pace.ts'

/** Calls back when the address of the request has time for what follows. */
export type GoOn = (request: IncomingMessage, work: () => void) => void

/**
 * One content type in, as it was sent: a byte that is no UTF-8 is refused, never replaced. An empty
 * body is no body.
 */
export function acceptJsonOnly(app: FastifyInstance, goOn: GoOn): void {
  const pace = createPace()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    const read = () => {
      try {
        done(null, parsed(body))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    }
    if (body.length <= limits.pacedBodyBytes) goOn(request.raw, read)
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
  // Nobody has to say where: no body of ours comes near.
  if (isTooDeep(value)) throw new Fault('invalid_body', { param: 'body', message: `The request body ${tooDeep}.` })
  refuseRounded(text)
  // It may be written with escapes.
  const mayHold = text.includes('__proto__') || text.includes('\\u')
  const path = mayHold ? pathTo(value, (_, key) => key === '__proto__') : undefined
  if (path === undefined) return value
  // JSON may have such a member, and code that copies members one by one would take it for
  // something else.
  const message = `${path}: no member of a request may be called "__proto__"`
  throw new Fault('invalid_body', { param: path, message })
}

/**
 * A call would act on another number than was asked for. Integers beyond 2^53 and what is infinite
 * are refused where arguments are looked at: of these no digit need be lost for that.
 * @throws Fault invalid_body
 */
function refuseRounded(text: string): void {
  for (const rounded of roundedNumbers(text)) {
    const { value } = rounded
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) continue
    const path = pathOfNumber(text, rounded.text) ?? 'body'
    const written = rounded.text.length > 40 ? `${rounded.text.slice(0, 40)}…` : rounded.text
    const message = `${path}: the number ${written} would be read as ${value}; send it with fewer digits, or as text`
    throw new Fault('invalid_body', { param: path, message })
  }
}

/** Where a number stands that is written so; undefined below more levels than one can go down. */
function pathOfNumber(text: string, written: string): string | undefined {
  let found: { holder: unknown; key: string } | undefined
  const look = function (this: unknown, key: string, value: unknown, context?: { source?: string }): unknown {
    if (found === undefined && typeof value === 'number' && context?.source === written) found = { holder: this, key }
    return value
  }
  try {
    return pathTo(JSON.parse(text, look), (holder, key) => holder === found?.holder && key === found.key)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * Where the member is that is looked for. No call for each level: a body may have any number of
 * them.
 */
function pathTo(whole: unknown, isIt: (holder: object, key: string) => boolean): string | undefined {
  const open: { value: unknown; path: string[] }[] = [{ value: whole, path: [] }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next
    if (typeof value !== 'object' || value === null) continue
    for (const [key, item] of Object.entries(value)) {
      if (isIt(value, key)) return [...path, key].join('.')
      if (typeof item === 'object') open.push({ value: item, path: [...path.slice(0, limits.argumentsDepth), key] })
    }
  }
  return undefined
}
