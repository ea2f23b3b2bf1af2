import { z } from 'zod'
import { noteSchema, textSchema } from '../ids.ts'
import { candidateStateSchema } from '../lifecycles/candidate.ts'
import { limits } from '../limits.ts'
import { actorNameSchema } from './actor.ts'
import { agentRoleSchema } from './join-keys.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

/** An identity that presented a join key which lets nobody in without an operator. */
export const candidateSchema = z.object({
  id: z.string(),
  object: z.literal('candidate'),
  state: candidateStateSchema,
  /** As it calls itself. */
  name: z.string(),
  role: agentRoleSchema,
  hostname: z.string(),
  version: z.string(),
  /** Of its signing key; the agent logs the same as `key_id`. */
  key_id: z.string(),
  join_key_id: z.string(),
  requested_at: timestampSchema,
  /** After it no identity enrolls with the join key. */
  expires_at: timestampSchema,
  decided_by: z.string().nullable(),
  decided_by_name: actorNameSchema,
  decided_at: nullableTimestampSchema,
  note: z.string().nullable(),
  /** The agent that it became. */
  agent_id: z.string().nullable(),
})
export type Candidate = z.infer<typeof candidateSchema>

export const candidateQuerySchema = pageQuerySchema.extend({
  /** One or more states, comma-separated, or `all`; those that wait when left out. */
  status: textSchema(100).optional(),
})
export const candidateDecisionSchema = z.strictObject({ note: noteSchema(limits.noteCharacters) })
