import type { QuietHours } from '@xerotier/protocol/api/quiet-hours.ts'

/** @param hours undefined from a router older than the field */
export function quietText(hours: QuietHours | null | undefined): string {
  return hours ? `${hours.from} to ${hours.to}, ${hours.time_zone}` : 'none'
}
