// When an agent dials again, and with which pair.
import type { Chance } from '@xerotier/runtime/chance.ts'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { ConnectionEnd } from './connection.ts'
import type { Credentials } from './credentials/credentials.ts'
import type { Way } from './credentials/way.ts'

export interface RedialParts {
  clock: Clock
  log: Log
  /** Spreads redials, so that a fleet does not come back in step. */
  chance: Chance
  credentials: Pick<Credentials, 'current' | 'next'>
  dial(): void
  /** Nobody has answered where it dials, several times. */
  unreached(): void
}

export interface Redials {
  /** How to dial now. */
  way(): Way
  online(): void
  /** Plans the next. @returns false when the credentials count as revoked: there is none */
  plan(end: ConnectionEnd, wasOnline: boolean): boolean
  cancel(): void
}

/** First and longest pause before dialling again, ms. */
const backoffMs = { first: 100, longest: 5_000, refused: 30_000 }
/** Over so long agents dial again that lost their sessions at one moment, ms. */
const spreadMs = 1_000
/**
 * Handshakes in a row that the router's gatekeeper may refuse before the credentials count as
 * revoked.
 */
const refusalsAllowed = 3
/** After each so many times in a row that nobody answered the agent asks where to dial. */
const unreachedAllowed = 2

export function createRedials({ clock, log, chance, credentials, dial, unreached }: RedialParts): Redials {
  let refused = 0
  let unanswered = 0
  /** Since it was online. */
  let dials = 0
  let pause = backoffMs.first
  let timer: Timer | undefined

  function pauseAfter({ retryAfterMs }: ConnectionEnd, wasOnline: boolean): number {
    // A router that is busy has said when there will be room: not before, and not all at once.
    if (retryAfterMs !== undefined) return retryAfterMs * (1 + chance() / 4)
    // What ended this session may have ended those of a whole fleet.
    if (wasOnline) return pause / 2 + chance() * spreadMs
    return pause * (0.5 + chance() / 2)
  }

  return {
    way() {
      const { current, next } = credentials
      dials += 1
      // The router takes the new pair: the old one is for when it does so no more.
      return next === undefined || dials % 2 === 0 ? current : next
    },
    online() {
      refused = 0
      unanswered = 0
      dials = 0
      pause = backoffMs.first
    },
    plan(end, wasOnline) {
      const ways = credentials.next === undefined ? 1 : 2
      refused = end.kind === 'not_admitted' ? refused + 1 : 0
      if (end.kind === 'revoked' || refused >= refusalsAllowed * ways) return false
      unanswered = end.unreached === true && end.kind === 'lost' ? unanswered + 1 : 0
      if (unanswered > 0 && unanswered % (unreachedAllowed * ways) === 0) unreached()
      if (end.kind === 'refused') pause = backoffMs.refused
      const retryMs = pauseAfter(end, wasOnline)
      log.info({ reason: end.reason, retry_in_ms: Math.round(retryMs) }, 'the connection to the router ended')
      timer = clock.after(retryMs, dial)
      if (end.retryAfterMs === undefined)
        pause = Math.min(pause * 2, end.kind === 'refused' ? backoffMs.refused : backoffMs.longest)
      return true
    },
    cancel: () => timer?.cancel(),
  }
}
