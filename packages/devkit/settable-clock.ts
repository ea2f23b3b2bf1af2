import type { Clock, Timer } from '@xerotier/runtime/clock.ts'

export interface SettableClock extends Clock {
  /** Sets the wall clock, with which records are written. No time passes by that. */
  setWall(now: number): void
  /**
   * Moves time forward; timers that come due run in the order of their times, each at its own time.
   */
  advance(ms: number): Promise<void>
  /**
   * The same, and waits for the work of each timer before the next is due: for what talks to a real
   * database meanwhile. Work that itself waits for a later timer would never end.
   */
  advanceThroughWork(ms: number): Promise<void>
  /**
   * Time that nobody was awake for: what came due meanwhile runs
   * once, now. Hours of a router's duties would take minutes.
   */
  leap(ms: number): Promise<void>
  /** Timers that have not run. */
  pending(): number
}

/** A clock that stands still until told otherwise. */
export function settableClock(start = Date.parse('2026-01-01T00:00:00Z')): SettableClock {
  let now = 0
  /** What the wall shows beside it. */
  let wall = start
  let order = 0
  const timers = new Map<number, { at: number; callback: () => unknown }>()

  const next = (until: number): [number, { at: number; callback: () => unknown }] | undefined => {
    let found: [number, { at: number; callback: () => unknown }] | undefined
    for (const entry of timers) {
      // A map keeps the order of insertion, so among equals the first set runs first.
      if (entry[1].at <= until && (!found || entry[1].at < found[1].at)) found = entry
    }
    return found
  }

  const move = async (ms: number, throughWork: boolean) => {
    const until = now + ms
    for (let due = next(until); due; due = next(until)) {
      timers.delete(due[0])
      now = Math.max(now, due[1].at)
      const work = due[1].callback()
      if (throughWork) await work
      await settle() // what the callback awaits may set the next timer
    }
    now = until
    await settle()
  }

  return {
    now: () => wall + now,
    monotonic: () => now,
    setWall(at) {
      wall = at - now
    },
    after(ms, callback): Timer {
      const id = order++
      timers.set(id, { at: now + Math.max(0, ms), callback })
      return { cancel: () => void timers.delete(id) }
    },
    advance: (ms) => move(ms, false),
    advanceThroughWork: (ms) => move(ms, true),
    async leap(ms) {
      now += ms
      const due = [...timers].filter(([, timer]) => timer.at <= now).sort(([, one], [, other]) => one.at - other.at)
      for (const [id, { callback }] of due) if (timers.delete(id)) callback()
      await settle()
    },
    pending: () => timers.size,
  }
}

/** Lets everything that is already resolved run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
