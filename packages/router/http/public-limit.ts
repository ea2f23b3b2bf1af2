import { Fault } from '@xerotier/protocol/errors.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { FastifyRequest } from 'fastify'
import { createWindows } from '../domain/window.ts'
import { callerAddress } from './caller-address.ts'

/** What to refuse a request with that needs no key; undefined for one that may go on. */
export type PublicLimit = (request: FastifyRequest) => Fault | undefined

/** What needs no key is counted by address. */
export function limitPublicRequests(clock: Clock, requestsPerMinute: number): PublicLimit {
  const windows = createWindows()
  return ({ ip }) => {
    const waitMs = windows(callerAddress(ip) ?? 'unknown', requestsPerMinute, 60_000).take(clock.monotonic())
    if (waitMs === 0) return undefined
    return new Fault('rate_limit_exceeded', {
      message: 'Too many requests without a key from this address.',
      retryAfter: Math.ceil(waitMs / 1000),
    })
  }
}
