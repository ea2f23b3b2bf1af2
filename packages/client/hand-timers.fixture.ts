// Time under a test's control: short waits pass at once,
// long ones (timeouts) only when the test says so.
import { type Surroundings, systemSurroundings } from './surroundings.ts'

export interface HandTimers extends Surroundings {
  /** Every wait asked for, in milliseconds. */
  asked: number[]
  /** Lets the oldest pending timer of this length run out. */
  runOut(ms: number): void
}

export function handTimers(longerThanMs = 12_000): HandTimers {
  const pending: { ms: number; callback: () => void }[] = []
  const asked: number[] = []
  return {
    ...systemSurroundings,
    random: () => 0,
    asked,
    after(ms, callback) {
      asked.push(ms)
      const timer = { ms, callback }
      if (ms > longerThanMs) pending.push(timer)
      const soon = ms > longerThanMs ? undefined : setImmediate(callback)
      return {
        cancel() {
          clearImmediate(soon)
          const index = pending.indexOf(timer)
          if (index >= 0) pending.splice(index, 1)
        },
      }
    },
    runOut(ms) {
      const timer = pending.find((candidate) => candidate.ms === ms)
      if (timer === undefined) throw new Error(`no timer of ${ms} ms is pending`)
      pending.splice(pending.indexOf(timer), 1)
      timer.callback()
    },
  }
}
