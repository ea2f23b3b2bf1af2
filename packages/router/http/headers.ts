import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyRequest } from 'fastify'

/** @throws Fault invalid_request for one that is empty, too long or not plain ASCII */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && key.length <= limits.idempotencyKeyCharacters && /^[\x21-\x7e]+$/.test(key)) return key
  throw new Fault('invalid_request', {
    message: `Idempotency-Key: must be 1 to ${limits.idempotencyKeyCharacters} printable ASCII characters`,
    param: 'Idempotency-Key',
  })
}

// https://www.w3.org/TR/trace-context/#traceparent-header
const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace that the caller is in; a malformed one is ignored, as the standard says. */
export function traceparentOf(request: FastifyRequest): string | undefined {
  const header = request.headers.traceparent
  return typeof header === 'string' && traceparent.test(header) ? header : undefined
}

export function lastEventIdOf(request: FastifyRequest): string | undefined {
  const header = request.headers['last-event-id']
  return typeof header === 'string' && header !== '' ? header : undefined
}
