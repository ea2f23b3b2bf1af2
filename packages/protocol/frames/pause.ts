import { z } from 'zod'
import { pauseSchema } from './call.ts'

/** router → agent. What is paused from now on: the whole list. Paused work in flight goes on. Empty resumes all. */
export const pauseFrame = z.object({
  t: z.literal('pause'),
  paused: z.array(pauseSchema),
})
