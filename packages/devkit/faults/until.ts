import { patienceMs } from '../patience.ts'
import { pause } from './pause.ts'

/**
 * Looks again until there is an answer: for what
 * another process does, of which no event reaches us.
 * @throws when `ms` are over
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  ms = patienceMs,
): Promise<T> {
  const from = performance.now()
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() - from > ms) throw new Error(`waited ${ms} ms for ${what}`)
    await pause(20)
  }
}
