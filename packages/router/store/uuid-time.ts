// Executions and approvals have time-ordered UUIDs (version 7): a time is also a bound on the key.

/** The clock of another router may differ by this much. */
const slackMs = 60_000

/** The smallest id that something created at or after `since` has. */
export function firstIdSince(since: Date): string {
  return uuidAt(since.getTime() - slackMs, '0')
}

/** The smallest id that a clock which shows `at` gives. */
export function firstIdAt(at: Date): string {
  return uuidAt(at.getTime(), '0')
}

/** The greatest id that something created before `until` has. */
export function lastIdUntil(until: Date): string {
  return uuidAt(until.getTime() + slackMs, 'f')
}

function uuidAt(ms: number, rest: '0' | 'f'): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0') + rest.repeat(20)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
