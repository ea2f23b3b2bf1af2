import { z } from 'zod'
import { projectIdSchema, slugSchema, textSchema } from '../ids.ts'
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
  name: textSchema(100).min(1).optional(),
  allow_self_approval: z.boolean().optional(),
})
