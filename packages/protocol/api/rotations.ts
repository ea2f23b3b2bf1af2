import { z } from 'zod'
import { noteSchema } from '../ids.ts'
import { rotationStateSchema } from '../lifecycles/rotation.ts'
import { limits } from '../limits.ts'
import { actorNameSchema } from './actor.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'

/**
 * What a rotation replaces: the pair that encrypts an agent's connection, or the one that signs.
 */
export const rotationUses = ['curve', 'signing'] as const
export type RotationUse = (typeof rotationUses)[number]

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
  /** Public halves: Z85 of a CURVE key, hex of one that signs. */
  old_key: z.string(),
  new_key: z.string().nullable(),
  /** Of the signing key of then, over the acknowledgement (SPEC 4.10, 4.13); hex. */
  signature: z.string().nullable(),
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
