import { z } from 'zod'
import { projectIdSchema, slugSchema, textSchema } from '../ids.ts'
import { timestampSchema } from './page.ts'
import { retentionSchema, retentionStopSchema } from './retention.ts'
import { strongLogins } from './sessions.ts'

export const projectSchema = z.object({
  id: projectIdSchema,
  object: z.literal('project'),
  slug: slugSchema,
  name: z.string(),
  /** Requesters may approve their own calls: for one-person projects. */
  allow_self_approval: z.boolean(),
  /** What its calls carry is encrypted in the database: arguments, results, output, artifacts. */
  encrypt_calls: z.boolean(),
  /** By one of these people come in at the dashboard; none: however they come. */
  required_login: z.array(z.enum(strongLogins)),
  /** How long it keeps what its calls leave. */
  retention: retentionSchema,
  /** Why nothing is removed now: all of it is held, or an incident is open. */
  retention_stopped_by: retentionStopSchema.nullable(),
  created_at: timestampSchema,
})
export type Project = z.infer<typeof projectSchema>

export const projectUpdateSchema = z.strictObject({
  name: textSchema(100).min(1).optional(),
  allow_self_approval: z.boolean().optional(),
  /** Of calls from now on; those that are there stay as they are. */
  encrypt_calls: z.boolean().optional(),
  required_login: z.array(z.enum(strongLogins)).max(strongLogins.length).optional(),
  /** What is left out stays as it is. */
  retention: z.strictObject(retentionSchema.shape).partial().optional(),
})
