import type { QuietHours } from '@xerotier/protocol/api/quiet-hours.ts'

/** Whether nobody is to be disturbed. From 22:00 to 07:00 is a night, over midnight. */
export function isQuiet(hours: QuietHours | null, now: number): boolean {
  if (hours === null) return false
  const time = wallTime(now, hours.time_zone)
  const { from, to } = hours
  return from <= to ? from <= time && time < to : from <= time || time < to
}

/** As clocks there show it: `07:30`. */
function wallTime(now: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    now,
  )
}
