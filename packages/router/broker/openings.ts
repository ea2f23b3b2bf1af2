// Sessions that are to be opened stand in line. Each costs the database several round trips, and a
// thousand at once would all be done when their agents have given up.
import type { Clock } from '@xerotier/runtime/clock.ts'

export interface Openings {
  /**
   * Opens a session in its turn. An agent that asks again meanwhile keeps its place, for its newer
   * connection. One whose session is under way waits for the end of that.
   * @param open does not reject
   * @returns undefined, or after how many ms to ask again: the line is too long to stand in
   */
  take(agentId: string, open: () => Promise<void>): number | undefined
  /** Those that wait and those that are under way. */
  readonly size: number
}

/** How many are under way at a time. */
const width = 8
/** Whoever would wait for longer is sent away: an agent gives up 10 s after it dialled. */
const longestWaitMs = 3_000
const longestAwayMs = 60_000
/** Weight of the last opening in what one is taken to cost. */
const weight = 0.1

export function createOpenings(clock: Pick<Clock, 'monotonic'>): Openings {
  const waiting = new Map<string, () => Promise<void>>()
  const underWay = new Set<string>()
  /** What an opening takes, ms. */
  let costMs = 20
  /** Until when the time is promised to those who were sent away. */
  let promisedUntil = 0

  async function run(agentId: string, open: () => Promise<void>): Promise<void> {
    underWay.add(agentId)
    const began = clock.monotonic()
    try {
      await open()
    } finally {
      costMs += weight * (clock.monotonic() - began - costMs)
      underWay.delete(agentId)
      advance()
    }
  }

  function advance(): void {
    for (const [agentId, open] of waiting) {
      if (underWay.size >= width) return
      if (underWay.has(agentId)) continue
      waiting.delete(agentId)
      void run(agentId, open)
    }
  }

  return {
    take(agentId, open) {
      const now = clock.monotonic()
      const waitMs = (waiting.size * costMs) / width
      if (!waiting.has(agentId) && waitMs > longestWaitMs) {
        // Each is told its own time: they come back as they are taken, and not all at once.
        promisedUntil = Math.max(promisedUntil, now + waitMs) + costMs / width
        return Math.ceil(Math.min(promisedUntil - now, longestAwayMs))
      }
      // A map keeps the place of a key that is set again.
      waiting.set(agentId, open)
      advance()
      return undefined
    },
    get size() {
      return waiting.size + underWay.size
    },
  }
}
