import { z } from 'zod'
import { callRefSchema } from './call-ref.ts'

/**
 * router → agent. The result is stored (`ok`), or was refused
 * for good because the attempt is fenced: drop it either way.
 */
export const resultAckFrame = callRefSchema.extend({
  t: z.literal('result_ack'),
  ok: z.boolean(),
})
