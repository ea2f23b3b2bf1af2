import { z } from 'zod'
import { limits } from '../../limits.ts'
import { callRefSchema } from './call-ref.ts'

/**
 * agent → router. A piece of live output. `seq` counts a call's
 * pieces from 0 over both streams; resending one is harmless.
 */
export const outputFrame = callRefSchema.extend({
  t: z.literal('output'),
  seq: z.int32().nonnegative(),
  stream: z.enum(['stdout', 'stderr']),
  at: z.int(),
  data: z
    .instanceof(Uint8Array)
    .refine(
      (b) => b.length > 0 && b.length <= limits.outputFrameBytes,
      `must be 1 to ${limits.outputFrameBytes} bytes`,
    ),
})
export type OutputFrame = z.infer<typeof outputFrame>
