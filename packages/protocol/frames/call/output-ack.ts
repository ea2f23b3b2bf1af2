import { z } from 'zod'
import { callRefSchema } from './call-ref.ts'

/** router → agent. Output up to and including `seq` is stored; opens the agent's window. */
export const outputAckFrame = callRefSchema.extend({
  t: z.literal('output_ack'),
  seq: z.int32().nonnegative(),
})
