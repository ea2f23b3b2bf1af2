// Times: relative where a person glances, absolute where they read closely.
import { duration } from '@xerotier/protocol/duration.ts'
import { isKeyOf } from '@xerotier/protocol/table.ts'
import { UsageError } from '../exit-codes.ts'

/** `3m ago`, `in 14m`, `now`. */
export function relativeTime(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  const amount = duration(Math.abs(seconds))
  if (Math.abs(seconds) < 1) return 'now'
  return seconds < 0 ? `${amount} ago` : `in ${amount}`
}

/** The same of what has happened: never ahead, whatever the clocks say. */
export function timeSince(iso: string, now: number): string {
  return relativeTime(iso, Math.max(now, Date.parse(iso)))
}

/** In the largest unit, and never more than there is: `14m`; `over` when it is due. */
export function timeLeft(iso: string, now: number): string {
  const seconds = Math.floor((Date.parse(iso) - now) / 1000)
  return seconds <= 0 ? 'over' : (duration(seconds).split(' ')[0] ?? '')
}

const secondsOf = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/**
 * What `--since` and `--until` take: an age (`30m`, `2h`, `7d`), a date or an ISO 8601 time.
 * Answers ISO 8601, UTC.
 * @throws UsageError
 */
export function instant(value: string, flag: string, now: number): string {
  const time = timeFrom(value, now, -1)
  if (!Number.isNaN(time)) return new Date(time).toISOString()
  throw new UsageError(`${flag} must be an age (30m, 2h, 7d) or a time (2026-05-01T12:00:00Z), not '${value}'`)
}

/**
 * What lies ahead: a span from now on (`8h`, `7d`), a date or an ISO 8601 time. Answers ISO 8601,
 * UTC.
 * @throws UsageError
 */
export function instantAhead(value: string, flag: string, now: number): string {
  const time = timeFrom(value, now, 1)
  if (!Number.isNaN(time)) return new Date(time).toISOString()
  throw new UsageError(`${flag} must be a span (30m, 8h, 7d) or a time (2026-05-01T12:00:00Z), not '${value}'`)
}

function timeFrom(value: string, now: number, direction: 1 | -1): number {
  const [, count, unit = ''] = /^(\d+)(\w)$/.exec(value) ?? []
  if (isKeyOf(secondsOf, unit)) return now + direction * Number(count) * secondsOf[unit] * 1000
  return /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN
}
