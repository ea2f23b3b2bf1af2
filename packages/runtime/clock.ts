// Time is passed in (law L10). One production implementation; devkit has the settable one.

export interface Timer {
  cancel(): void
}

export interface Clock {
  /**
   * Milliseconds since the epoch, for records and for deadlines that people set. Somebody may put
   * it forward or back at any time.
   */
  now(): number
  /** Milliseconds since some moment, which nobody moves: for how long something takes. */
  monotonic(): number
  /** Calls back once after `ms`. A timer never keeps the process alive. */
  after(ms: number, callback: () => void): Timer
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const handle = setTimeout(callback, Math.min(ms, 0x7fffffff))
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

/** Calls `work` every `ms`, one after the other, never overlapping itself. */
export function every(clock: Clock, ms: number, work: () => void | Promise<void>): Timer {
  let stopped = false
  let timer: Timer
  const next = () => {
    timer = clock.after(ms, async () => {
      if (stopped) return
      await work()
      if (!stopped) next()
    })
  }
  next()
  return {
    cancel() {
      stopped = true
      timer.cancel()
    },
  }
}
