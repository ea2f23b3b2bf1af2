import { z } from 'zod'
import { textSchema } from '../ids.ts'

const clockTimeSchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00')

/** Nothing is sent between these; what comes meanwhile is told at their end, in one message. */
export const quietHoursSchema = z.strictObject({
  from: clockTimeSchema,
  to: clockTimeSchema,
  /** IANA name. */
  time_zone: textSchema(64).min(1).refine(isTimeZone, { error: 'must be a time zone such as Europe/Berlin' }),
})
export type QuietHours = z.infer<typeof quietHoursSchema>

/** As they are set; null: none. */
export const quietHoursInputSchema = quietHoursSchema
  .refine(({ from, to }) => from !== to, 'must end at another time of day than it begins')
  .nullable()

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
