import { z } from 'zod'
import { noteSchema } from '../ids.ts'
import { grantKeyStateSchema } from '../lifecycles/grant-key.ts'
import { actorNameSchema } from './actor.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'

export const grantKeyRotateSchema = z.strictObject({
  /** Why: it stands in the audit log. */
  reason: noteSchema(500),
})

export const grantKeySchema = z.object({
  id: z.string(),
  /** First 16 hex digits of the SHA-256 of the public key: what grants name. */
  key_id: z.string(),
  state: grantKeyStateSchema,
  reason: z.string().nullable(),
  made_by: z.string(),
  made_by_name: actorNameSchema,
  made_at: timestampSchema,
  /** Of one that retires: it signs until then, and for as long as an agent needs it. */
  signs_until: nullableTimestampSchema,
})
export type GrantKey = z.infer<typeof grantKeySchema>

/** The keys of the router that sign grants now. */
export const grantKeysSchema = z.object({
  object: z.literal('grant_keys'),
  /** The newest first; two at most. */
  keys: z.array(grantKeySchema),
  /** Agents of all projects that nobody can tell of a key beside that of their enrollment. */
  unaware_agents: z.int(),
})
export type GrantKeys = z.infer<typeof grantKeysSchema>
