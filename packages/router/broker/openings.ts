// Sessions that are to be opened stand in line, and those at its front are opened together: each
// costs the database several round trips, many cost it hardly more. A thousand at once would all be
// done when their agents have given up.
import type { Clock } from '@xerotier/runtime/clock.ts'

export interface Openings<Greeting> {
  /**
   * Has a session opened in its turn. An agent that asks again meanwhile keeps its place, for its
   * newer connection. One whose session is under way waits for the end of that.
   * @returns undefined, or after how many ms to ask again: the line is too long to stand in
   */
  take(agentId: string, greeting: Greeting): number | undefined
  /** Those that wait and those that are under way. */
  readonly size: number
}

/** How many are opened together, and how many of such groups are under way at a time. */
const together = 32
const width = 2
/** Whoever would wait for longer is sent away: an agent gives up 10 s after it dialled. */
const longestWaitMs = 3_000
/**
 * Nobody is sent away for longer: what an opening costs is an estimate, and in the first second of
 * a router a bad one. To ask again costs little.
 */
const longestAwayMs = 10_000
/**
 * Weight of the last group in what an opening is taken to cost, if it was full. Most of what a
 * smaller one takes is the same for any, and says little of each.
 */
const weight = 0.4

/** @param open opens sessions of as many agents; does not reject */
export function createOpenings<Greeting>(
  clock: Pick<Clock, 'monotonic'>,
  open: (greetings: Greeting[]) => Promise<void>,
): Openings<Greeting> {
  const waiting = new Map<string, Greeting>()
  const underWay = new Set<string>()
  let groups = 0
  /** What one opening adds to the time of a line, ms. */
  let costMs = 5
  /** Until when the time is promised to those who were sent away. */
  let promisedUntil = 0

  async function run(group: ReadonlyMap<string, Greeting>): Promise<void> {
    groups += 1
    for (const agentId of group.keys()) underWay.add(agentId)
    const began = clock.monotonic()
    try {
      await open([...group.values()])
    } finally {
      const took = (clock.monotonic() - began) / group.size / width
      costMs += weight * (group.size / together) * (took - costMs)
      for (const agentId of group.keys()) underWay.delete(agentId)
      groups -= 1
      advance()
    }
  }

  /** The first that can begin. */
  function front(): Map<string, Greeting> {
    const group = new Map<string, Greeting>()
    for (const [agentId, greeting] of waiting) {
      if (group.size === together) break
      if (!underWay.has(agentId)) group.set(agentId, greeting)
    }
    for (const agentId of group.keys()) waiting.delete(agentId)
    return group
  }

  function advance(): void {
    while (groups < width) {
      const group = front()
      if (group.size === 0) return
      void run(group)
    }
  }

  return {
    take(agentId, greeting) {
      const now = clock.monotonic()
      const waitMs = waiting.size * costMs
      if (!waiting.has(agentId) && waitMs > longestWaitMs) {
        // Each is told its own time: they come back as they are taken, and not all at once.
        promisedUntil = Math.max(promisedUntil, now + waitMs) + costMs
        // What is too far off is folded back, so that these do not come all at once either.
        return Math.ceil(longestWaitMs + ((promisedUntil - now - longestWaitMs) % (longestAwayMs - longestWaitMs)))
      }
      // A map keeps the place of a key that is set again.
      waiting.set(agentId, greeting)
      advance()
      return undefined
    },
    get size() {
      return waiting.size + underWay.size
    },
  }
}
