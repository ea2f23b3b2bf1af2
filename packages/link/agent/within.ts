import type { Clock } from '@xerotier/runtime/clock.ts'

/** Resolves when the work is done, or after `ms`. */
export function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve)
    work.then(() => {
      timer.cancel()
      resolve()
    }, resolve)
  })
}
