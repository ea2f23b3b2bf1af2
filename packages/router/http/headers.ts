import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { requestHeaders } from '@xerotier/protocol/request-headers.ts'
import { type WireVersions, wireVersionsSchema } from '@xerotier/protocol/wire-versions.ts'
import type { FastifyRequest } from 'fastify'

/** @throws Fault invalid_request for one that is empty, too long or not plain ASCII */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && requestHeaders['Idempotency-Key'].pattern.test(key)) return key
  throw new Fault('invalid_request', {
    message: `Idempotency-Key: must be 1 to ${limits.idempotencyKeyCharacters} printable ASCII characters`,
    param: 'Idempotency-Key',
  })
}

/** The trace that the caller is in; a malformed one is ignored, as the standard says. */
export function traceparentOf(request: FastifyRequest): string | undefined {
  const header = request.headers.traceparent
  return typeof header === 'string' && requestHeaders.traceparent.pattern.test(header) ? header : undefined
}

export function lastEventIdOf(request: FastifyRequest): string | undefined {
  const header = request.headers['last-event-id']
  return typeof header === 'string' && header !== '' ? header : undefined
}

/**
 * The version that the caller has seen; undefined where they do not say.
 * @returns `none` for `"0"`: there must be no such thing yet
 * @throws Fault invalid_request for another form
 */
export function ifMatchOf(request: FastifyRequest): number | 'none' | undefined {
  const header = request.headers['if-match']
  if (header === undefined) return undefined
  const [, version] = requestHeaders['If-Match'].pattern.exec(header) ?? []
  if (version === undefined)
    throw new Fault('invalid_request', { message: 'If-Match: must be a version, as "3"', param: 'If-Match' })
  return Number(version) === 0 ? 'none' : Number(version)
}

/**
 * Which versions of the wire an agent speaks. One of the release before does not say.
 * @throws Fault invalid_request for another form
 */
export function wireVersionsOf(request: FastifyRequest): WireVersions {
  const header = request.headers['x-wire-versions']
  if (header === undefined) return { oldest: 2, newest: 2 }
  const [, oldest, newest] = requestHeaders['X-Wire-Versions'].pattern.exec(String(header)) ?? []
  const versions = wireVersionsSchema.safeParse({ oldest: Number(oldest), newest: Number(newest) })
  if (versions.success) return versions.data
  throw new Fault('invalid_request', {
    message: 'X-Wire-Versions: must be the oldest and the newest, as 2-3',
    param: 'X-Wire-Versions',
  })
}
