// When rotations have to be looked at, and who waits for what becomes of one. All in memory: the
// record is what counts.
import type { Clock } from '@xerotier/runtime/clock.ts'

export interface RotationWatch {
  /** Whether something may be due. */
  isDue(): boolean
  /** Nothing is due before: looks again after so long, or as soon as somebody else wants it. */
  looked(againInMs: number): void
  /** Something is due after so long. */
  dueIn(ms: number): void
  /** The rotation moved. */
  moved(id: string): void
  /** Resolves when the rotation moves, or after so long. */
  next(id: string, ms: number): Promise<void>
}

/** However far off everything is: a wall clock that was set back must not put it off. */
const longestMs = 10_000

export function createRotationWatch(clock: Clock): RotationWatch {
  let dueAt = 0
  const waiting = new Map<string, Set<() => void>>()
  const soonest = (ms: number) => clock.monotonic() + Math.min(Math.max(ms, 0), longestMs)
  return {
    isDue: () => dueAt <= clock.monotonic(),
    looked(againInMs) {
      dueAt = soonest(againInMs)
    },
    dueIn(ms) {
      dueAt = Math.min(dueAt, soonest(ms))
    },
    moved(id) {
      for (const wake of waiting.get(id) ?? []) wake()
    },
    next: (id, ms) =>
      new Promise((resolve) => {
        const wakers = waiting.get(id) ?? new Set()
        const wake = () => {
          timer.cancel()
          wakers.delete(wake)
          if (wakers.size === 0) waiting.delete(id)
          resolve()
        }
        const timer = clock.after(ms, wake)
        wakers.add(wake)
        waiting.set(id, wakers)
      }),
  }
}
