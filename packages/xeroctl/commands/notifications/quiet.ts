import type { QuietHours } from '@xerotier/protocol/api/quiet-hours.ts'
import { UsageError } from '../../exit-codes.ts'

/**
 * @param hours `22:00-07:00`, or `none`
 * @param said what the line calls them
 * @throws UsageError
 */
export function quietOf(hours: string, timeZone: string | undefined, said: string): QuietHours | null {
  if (hours === 'none') return null
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(hours) ?? []
  if (from === undefined || to === undefined) throw new UsageError(`${said} must look like 22:00-07:00, or be 'none'`)
  if (timeZone === undefined) throw new UsageError(`${said} needs --time-zone, such as Europe/Berlin`)
  return { from, to, time_zone: timeZone }
}
