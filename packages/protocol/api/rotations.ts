import { z } from 'zod'
import { noteSchema } from '../ids.ts'
import { rotationStateSchema } from '../lifecycles/rotation.ts'
import { limits } from '../limits.ts'
import { actorNameSchema } from './actor.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'

/** What a rotation replaces: the pair that encrypts an agent's connection. */
const rotationUses = ['curve'] as const

export const rotationRequestSchema = z.strictObject({
  /** Why: it stands in the audit log. */
  reason: noteSchema(500),
})

export const rotationQuerySchema = z.object({
  /** Waits so many seconds for its completion, or until it is rolled back. */
  wait: z.coerce.number().int().min(0).max(limits.waitSeconds).default(0),
})

/** A key of an agent takes the place of another. */
export const rotationSchema = z.object({
  id: z.string(),
  object: z.literal('rotation'),
  use: z.enum(rotationUses),
  state: rotationStateSchema,
  agent_id: z.string(),
  agent: z.string(),
  reason: z.string().nullable(),
  requested_by: z.string(),
  requested_by_name: actorNameSchema,
  requested_at: timestampSchema,
  /** It is rolled back when the agent has not come with its new key by then. */
  deadline: timestampSchema,
  /** When the agent said, signed, that it has a new key. */
  acknowledged_at: nullableTimestampSchema,
  /** The cut-over: when it came with the new key. */
  completed_at: nullableTimestampSchema,
  /** Until when the old key counts beside the new one. */
  old_key_until: nullableTimestampSchema,
  ended_at: nullableTimestampSchema,
  /** Why it was rolled back. */
  because: z.string().nullable(),
})
export type Rotation = z.infer<typeof rotationSchema>
