import { z } from 'zod'
import { callRefSchema } from './call-ref.ts'

/**
 * agent → router. The call was not started and will not
 * be. `retry` says whether another attempt may help.
 */
export const refusedFrame = callRefSchema.extend({
  t: z.literal('refused'),
  code: z.string().max(64),
  message: z.string().max(1000),
  retry: z.boolean(),
})
export type RefusedFrame = z.infer<typeof refusedFrame>
