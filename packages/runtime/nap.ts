import type { Clock, Timer } from './clock.ts'

/** A pause of one loop that others may shorten. */
export interface Nap {
  take(ms: number): Promise<void>
  /** The pause that goes on ends in `ms` at the latest. Nothing without one. */
  endIn(ms: number): void
  end(): void
}

export function createNap(clock: Clock): Nap {
  let current: { ms: number; timer: Timer; end: () => void } | undefined
  const set = (ms: number, end: () => void) => {
    current = { ms, end, timer: clock.after(ms, end) }
  }
  return {
    take: (ms) =>
      new Promise((resolve) => {
        set(ms, () => {
          current = undefined
          resolve()
        })
      }),
    endIn(ms) {
      if (current === undefined || current.ms <= ms) return
      current.timer.cancel()
      set(ms, current.end)
    },
    end() {
      current?.timer.cancel()
      current?.end()
    },
  }
}
