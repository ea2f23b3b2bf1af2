// A second connection, with new keys, that takes the place of the first without a gap: calls go on,
// and what the first still brings is not run twice.
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Connection, ConnectionEnd } from './connection.ts'

export interface SuccessionParts {
  clock: Clock
  log: Log
  /** Dials with the new keys; undefined when there are none any more. */
  open(): Connection | undefined
  /** The first may end at any time from now on: that the second begins is what ends it. */
  proving(): void
  /** No session came of the second, and the first goes on: these are its calls. */
  dispatch(calls: DispatchFrame[]): void
  /** Nobody knows whether the second has a session: neither connection is worth anything. */
  lost(end: ConnectionEnd): void
}

export interface Succession {
  /** Dials, unless it does. */
  begin(): void
  /**
   * The second has said what runs here. From then on the first brings nothing that could be run:
   * the router gives out again what that list does not have.
   */
  proves(): void
  /** @returns whether the calls were kept back */
  keepsBack(calls: DispatchFrame[]): boolean
  /** Whether what follows is decided by what becomes of the second. */
  readonly decides: boolean
  /** The second is the only one now. */
  done(): void
  ended(end: ConnectionEnd): void
  /** Gives the second up. */
  stop(): void
}

/** First and longest pause before the second is dialled again, ms. */
const backoffMs = { first: 250, longest: 5_000 }

export function createSuccession({ clock, log, open, proving, dispatch, lost }: SuccessionParts): Succession {
  let second: Connection | undefined
  let keptBack: DispatchFrame[] | undefined
  let again: Timer | undefined
  let pause = backoffMs.first

  function begin(): void {
    again?.cancel()
    again = undefined
    second ??= open()
  }

  function forget(): void {
    again?.cancel()
    again = undefined
    second = undefined
    keptBack = undefined
  }

  return {
    begin,
    proves() {
      keptBack ??= []
      proving()
    },
    keepsBack(calls) {
      keptBack?.push(...calls)
      return keptBack !== undefined
    },
    get decides() {
      return keptBack !== undefined
    },
    done() {
      forget()
      pause = backoffMs.first
    },
    ended(end) {
      const calls = keptBack
      forget()
      // That it is too busy the router says before it looks at any session.
      if (calls !== undefined && end.retryAfterMs === undefined) return lost(end)
      if (calls !== undefined && calls.length > 0) dispatch(calls)
      const retryMs = end.retryAfterMs ?? pause
      pause = Math.min(pause * 2, backoffMs.longest)
      log.info({ reason: end.reason, retry_in_ms: retryMs }, 'no connection with the new keys yet; the old ones go on')
      again = clock.after(retryMs, begin)
    },
    stop() {
      second?.abandon()
      forget()
    },
  }
}
