import { z } from 'zod'
import { textSchema } from '../ids.ts'
import { deliveryStateSchema } from '../lifecycles/delivery.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

/** One event on its way to one webhook or channel. */
export const deliverySchema = z.object({
  id: z.string(),
  object: z.literal('delivery'),
  /** The webhook or channel; null for an e-mail to a person. */
  channel_id: z.string().nullable(),
  /** Of the event, the same however often it is sent: `evt_…`. */
  event_id: z.string(),
  type: z.string(),
  state: deliveryStateSchema,
  /** The person whom it is for. */
  recipient: z.string().nullable(),
  approval_id: z.string().nullable(),
  attempts: z.int(),
  created_at: timestampSchema,
  /** When it is tried next; null once it is settled. */
  next_attempt_at: nullableTimestampSchema,
  last_attempt_at: nullableTimestampSchema,
  /** HTTP status, or code of the mail server, of the last answer. */
  last_status: z.int().nullable(),
  /** Why the last attempt failed. */
  last_error: z.string().nullable(),
  settled_at: nullableTimestampSchema,
})
export type Delivery = z.infer<typeof deliverySchema>

export const deliveryQuerySchema = pageQuerySchema.extend({
  /** One or more states, comma-separated. `exhausted` lists the dead letters. */
  state: textSchema(100).optional(),
  /** Of one webhook or channel. */
  channel: textSchema(64).optional(),
})
