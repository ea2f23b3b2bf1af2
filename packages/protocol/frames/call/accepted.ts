import { z } from 'zod'
import { callRefSchema } from './call-ref.ts'

/**
 * agent → router. The process has been started (and, for an
 * at-most-once call, its start was recorded with a sync before).
 */
export const acceptedFrame = callRefSchema.extend({
  t: z.literal('accepted'),
  /** Milliseconds since the epoch, the agent's clock. */
  started_at: z.int(),
})
export type AcceptedFrame = z.infer<typeof acceptedFrame>
