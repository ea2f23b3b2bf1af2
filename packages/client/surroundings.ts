// Network, time and chance, passed in (law L10).

export interface Surroundings {
  fetch: typeof fetch
  /**
   * Calls back once after `ms`; such a timer keeps the process alive, since somebody waits for it.
   */
  after(ms: number, callback: () => void): { cancel(): void }
  /** In [0, 1). */
  random(): number
}

export const systemSurroundings: Surroundings = {
  fetch: (input, init) => fetch(input, init),
  after(ms, callback) {
    const handle = setTimeout(callback, ms)
    return { cancel: () => clearTimeout(handle) }
  },
  random: () => Math.random(),
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(surroundings: Surroundings, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      timer.cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = surroundings.after(ms, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}
