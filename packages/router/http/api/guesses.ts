// Credentials that are none. A valid one is never refused for others from its address: many callers
// may share it.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { FastifyRequest } from 'fastify'
import type { Keyring, KnownKey } from '../../domain/api-keys/keyring.ts'
import { createWindows } from '../../domain/window.ts'
import { callerAddress } from '../caller-address.ts'

export interface Guesses {
  /** What a credential that is none gets: past the limit of its address, a 429. */
  refusal(request: FastifyRequest, fault?: Fault): Fault
  /**
   * The key of this value. What an address at its limit may be guessing is looked up one after the
   * other: together such values hold one connection to the database.
   */
  find(request: FastifyRequest, value: string): ReturnType<Keyring['find']>
}

export function createGuesses(clock: Clock, keyring: Keyring, perMinute: number): Guesses {
  const windows = createWindows()
  const windowOf = (request: FastifyRequest) => windows(callerAddress(request.ip) ?? 'unknown', perMinute, 60_000)
  let lastLookup: Promise<KnownKey | undefined> = Promise.resolve(undefined)
  return {
    refusal(request, fault = new Fault('authentication_error')) {
      const waitMs = windowOf(request).take(clock.monotonic())
      if (waitMs === 0) return fault
      return new Fault('rate_limit_exceeded', {
        message: 'Too many failed authentications from this address.',
        retryAfter: Math.ceil(waitMs / 1000),
      })
    },
    find(request, value) {
      if (!windowOf(request).full(clock.monotonic()) || keyring.knew(value)) return keyring.find(value)
      const found = lastLookup.then(() => keyring.find(value))
      lastLookup = found.catch(() => undefined)
      return found
    },
  }
}
