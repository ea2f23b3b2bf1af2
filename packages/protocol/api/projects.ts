import { z } from 'zod'
import { projectIdSchema, slugSchema } from '../ids.ts'
import { timestampSchema } from './page.ts'

export const projectSchema = z.object({
  id: projectIdSchema,
  object: z.literal('project'),
  slug: slugSchema,
  name: z.string(),
  /** Requesters may approve their own calls: for one-person projects. */
  allow_self_approval: z.boolean(),
  created_at: timestampSchema,
})
export type Project = z.infer<typeof projectSchema>

export const projectUpdateSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  allow_self_approval: z.boolean().optional(),
})
