import type { Child } from '../scripts/start/child.ts'

/**
 * How often it looks, ms: what is timed by this is that
 * much too long at the most, and a look a ms would be load.
 */
export const lookMs = 5

/**
 * Asks again and again until there is an answer.
 * @throws when the process ends first, or after `patienceMs`
 */
export async function untilAnswered<T>(
  what: string,
  child: Child,
  look: () => Promise<T | undefined> | T | undefined,
  patienceMs = 30_000,
): Promise<T> {
  const from = performance.now()
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (!child.running()) throw new Error(`waiting for ${what}: the ${child.name} ended\n${child.lastWords()}`)
    if (performance.now() - from > patienceMs)
      throw new Error(`waited ${patienceMs} ms for ${what}\n${child.lastWords()}`)
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
}
