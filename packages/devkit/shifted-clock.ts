import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'

/** Real time, of which more can pass at once: timers keep their pace, expiries come at once. */
export interface ShiftedClock extends Clock {
  shift(ms: number): void
}

export function shiftedClock(): ShiftedClock {
  let offset = 0
  return {
    ...systemClock,
    now: () => systemClock.now() + offset,
    monotonic: () => systemClock.monotonic() + offset,
    shift: (ms) => {
      offset += ms
    },
  }
}
