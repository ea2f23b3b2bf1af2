// How long this process was stopped, as by SIGSTOP, a frozen container or a paused machine. What it
// runs was mostly stopped with it, and its time must not run out meanwhile.
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'

export interface Awake {
  /** Calls back once this process has run for `ms`. @returns how to give it up */
  after(ms: number, callback: () => void): () => void
}

/**
 * How often it looks. A gap of more than twice this was a stop: the loop is never busy for so long.
 */
export const lookMs = 1000

export function createAwake(clock: Clock): Awake {
  let stoppedMs = 0
  let lookedAt = clock.monotonic()
  let waiting = 0
  let looking = false

  function look(): void {
    const gap = clock.monotonic() - lookedAt
    if (gap > 2 * lookMs) stoppedMs += gap - lookMs
    lookedAt = clock.monotonic()
  }

  function keepLooking(): void {
    clock.after(lookMs, () => {
      look()
      looking = waiting > 0
      if (looking) keepLooking()
    })
  }

  return {
    after(ms, callback) {
      if (!looking) {
        looking = true
        lookedAt = clock.monotonic()
        keepLooking()
      }
      waiting++
      look()
      const from = clock.monotonic() - stoppedMs
      let over = false
      let timer: Timer | undefined
      // The timer goes with it: it would hold all that the callback knows until its time.
      const end = () => {
        if (!over) waiting--
        over = true
        timer?.cancel()
      }
      const arm = (left: number): void => {
        timer = clock.after(left, () => {
          look()
          const ran = clock.monotonic() - stoppedMs - from
          if (over) return
          if (ran < ms) return arm(ms - ran)
          // What happened before this is heard first: a program may have ended while nobody looked.
          setImmediate(() => {
            if (!over) callback()
            end()
          })
        })
      }
      arm(ms)
      return end
    },
  }
}
