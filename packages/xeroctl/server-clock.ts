// The router's clock, as the Date of its answers tells it: relative times are of its records, and
// this host's clock may be off.
import type { Surroundings } from './surroundings.ts'

/** The header has whole seconds and the way here takes a moment: less is no difference. */
const toleranceMs = 2_000

export interface ServerClock {
  fetch: typeof fetch
  /** Milliseconds since the epoch; this host's until the router has answered. */
  now(): number
  /**
   * By how much the router's clock is ahead of this host's, in milliseconds; 0 when it is not known
   * to be off.
   */
  ahead(): number
}

export function serverClock(surroundings: Pick<Surroundings, 'fetch' | 'now'>): ServerClock {
  let ahead = 0
  return {
    async fetch(input, init) {
      const response = await surroundings.fetch(input, init)
      const date = Date.parse(response.headers.get('date') ?? '')
      // Half of the second that the header leaves out.
      const difference = date + 500 - surroundings.now()
      if (!Number.isNaN(difference)) ahead = Math.abs(difference) < toleranceMs ? 0 : difference
      return response
    },
    now: () => surroundings.now() + ahead,
    ahead: () => ahead,
  }
}
