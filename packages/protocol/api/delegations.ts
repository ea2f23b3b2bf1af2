import { z } from 'zod'
import { noteSchema, personReferenceSchema, referenceSchema, textSchema } from '../ids.ts'
import { limits } from '../limits.ts'
import { riskSchema, risks } from '../risk.ts'
import { delegationKindSchema } from '../roles.ts'
import { actorNameSchema } from './actor.ts'
import { keyWorkspaceSchema } from './api-keys.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

export const delegationStates = ['upcoming', 'active', 'ended'] as const
export const delegationStateSchema = z.enum(delegationStates)
export type DelegationState = z.infer<typeof delegationStateSchema>

export const delegationSchema = z.object({
  id: z.string(),
  object: z.literal('delegation'),
  kind: delegationKindSchema,
  from: z.string(),
  from_name: actorNameSchema,
  to: z.string(),
  to_name: actorNameSchema,
  /** null: all. */
  risks: z.array(riskSchema).nullable(),
  /** null: all. */
  workspaces: z.array(keyWorkspaceSchema).nullable(),
  /** By its times alone. */
  state: delegationStateSchema,
  /** Why it counts for nothing although it is active; null when it counts. */
  hindrance: z.string().nullable(),
  starts_at: timestampSchema,
  /** It holds before this time. */
  ends_at: timestampSchema,
  note: z.string().nullable(),
  created_by: z.string(),
  created_by_name: actorNameSchema,
  created_at: timestampSchema,
  ended_by: z.string().nullable(),
  ended_by_name: actorNameSchema,
  ended_at: nullableTimestampSchema,
})
export type Delegation = z.infer<typeof delegationSchema>

export const delegationQuerySchema = pageQuerySchema.extend({
  /** One or more states, comma-separated; those that are not ended when left out. */
  status: textSchema(100).optional(),
})

export const delegationCreateSchema = z.strictObject({
  kind: delegationKindSchema,
  /** Whose right it is; default: who asks. */
  from: personReferenceSchema.optional(),
  to: personReferenceSchema,
  risks: z.array(riskSchema).min(1).max(risks.length).optional(),
  /** Ids or names. */
  workspaces: z.array(referenceSchema).min(1).max(limits.workspacesPerKey).optional(),
  /** Default: now. */
  starts_at: timestampSchema.optional(),
  ends_at: timestampSchema,
  note: noteSchema(limits.noteCharacters),
})
