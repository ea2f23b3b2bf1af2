import { z } from 'zod'
import { referenceSchema, textSchema } from '../ids.ts'
import { limits } from '../limits.ts'
import { riskSchema } from '../risk.ts'
import { subscribable } from '../webhook-types.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'

export const subscribedEventSchema = textSchema(64).refine((event) => subscribable.includes(event), {
  error: 'must be an event type, a family such as `exec.*`, or `*`',
})

const shape = {
  url: textSchema(2000).min(1),
  description: textSchema(200).nullable(),
  /** Event types, families such as `exec.*`, or `*`. */
  events: z.array(subscribedEventSchema).min(1).max(64),
  /** Names or ids: only what happens in these. Empty: anywhere, and what is of no workspace. */
  workspaces: z.array(referenceSchema).max(limits.workspacesPerKey),
  /** Only calls and approvals of these risks. Empty: of any. */
  risks: z.array(riskSchema).max(4),
  is_active: z.boolean(),
}

/** What a webhook or a channel hears of, and how that goes. */
const subscribedShape = {
  events: z.array(z.string()),
  workspaces: z.array(z.object({ id: z.string(), name: z.string() })),
  risks: z.array(riskSchema),
  is_active: z.boolean(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_delivered_at: nullableTimestampSchema,
  last_failed_at: nullableTimestampSchema,
  /** Why the last attempt failed; null once one has succeeded. */
  last_error: z.string().nullable(),
}

export const webhookSchema = z.object({
  id: z.string(),
  object: z.literal('webhook'),
  url: z.string(),
  description: z.string().nullable(),
  ...subscribedShape,
  /** Until when the secret before the last rotation signs as well. */
  overlap_until: nullableTimestampSchema,
})
export type Webhook = z.infer<typeof webhookSchema>

export const webhookCreateSchema = z.strictObject({
  ...shape,
  description: shape.description.default(null),
  workspaces: shape.workspaces.default([]),
  risks: shape.risks.default([]),
  is_active: shape.is_active.default(true),
})

/** What is left out stays as it is. */
export const webhookUpdateSchema = z.strictObject(shape).partial()

/** `secret` is shown this once. */
export const webhookSecretSchema = webhookSchema.extend({ secret: z.string() })

export const rotateSecretSchema = z.strictObject({
  /** For how long the secret before signs as well; 0: it is void at once. */
  overlap_hours: z.number().min(0).max(limits.webhookSecretOverlapHoursMax).default(limits.webhookSecretOverlapHours),
})

/** What a webhook is sent. `id` is the same however often it is sent. */
export const webhookEventSchema = z.object({
  id: z.string(),
  object: z.literal('event'),
  type: z.string(),
  /** Seconds since the epoch. */
  created_at: z.int(),
  /** The call, approval, agent or join key as it was when this was written, and `event`. */
  data: z.record(z.string(), z.unknown()),
})
export type WebhookEvent = z.infer<typeof webhookEventSchema>
