// The router's time, as far as the difference of the clocks is known. What the router dates, such
// as a grant, is held against it and not against a clock that may be wrong.
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'

export interface RouterClock {
  /** The router's time now, ms since the epoch. */
  now(): number
  /** How far this host's clock is ahead of the router's; undefined while nobody has said. */
  readonly offsetMs: number | undefined
  /** The router has measured the difference. */
  measured(offsetMs: number): void
}

export function createRouterClock(clock: Clock, log: Log): RouterClock {
  let offsetMs: number | undefined
  let off = false
  return {
    now: () => clock.now() - (offsetMs ?? 0),
    get offsetMs() {
      return offsetMs
    },
    measured(measured) {
      offsetMs = measured
      const wasOff = off
      off = Math.abs(measured) >= limits.clockOffsetWarningMs
      const seconds = Math.round(measured / 1000)
      if (off && !wasOff)
        log.warning({ seconds_ahead: seconds }, 'the clock of this host is off by a minute or more: set it')
      else if (wasOff && !off) log.notice({ seconds_ahead: seconds }, 'the clock of this host is right again')
    },
  }
}
