export interface Interruption {
  /** Resolves at the first SIGINT or SIGTERM, or when nobody reads what we print any more. */
  promise: Promise<void>
  yet(): boolean
}

/** npm passes on the SIGINT that the terminal already sent us, so one Ctrl-C arrives twice. */
const sameKeyPressMs = 700

/** The first signal asks to stop; another one, later than its own echo, forces. */
export function interruption(force: () => void): Interruption {
  const { promise, resolve } = Promise.withResolvers<void>()
  let first: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now()
      if (first === undefined) {
        first = now
        resolve()
      } else if (now - first > sameKeyPressMs) {
        force()
      }
    })
  }
  // `npm start | head`: EPIPE at the next line. What
  // nobody watches stops in order, and says no more.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      first ??= performance.now()
      resolve()
    })
  }
  return { promise, yet: () => first !== undefined }
}
