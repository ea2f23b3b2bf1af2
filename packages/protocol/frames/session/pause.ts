import { z } from 'zod'

export const pauseSchema = z.object({
  /** Id of the one workspace that is paused; null means all. */
  workspace_id: z.string().max(64).nullable(),
})

/**
 * router → agent. What is paused from now on: the whole
 * list. Work in flight goes on. Empty resumes all.
 */
export const pauseFrame = z.object({
  t: z.literal('pause'),
  paused: z.array(pauseSchema),
})
