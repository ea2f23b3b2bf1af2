import { z } from 'zod'
import { referenceSchema, textSchema } from '../ids.ts'
import { limits } from '../limits.ts'
import { riskSchema } from '../risk.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'
import { quietHoursInputSchema, quietHoursSchema } from './quiet-hours.ts'
import { subscribedEventSchema } from './webhooks.ts'

/** A webhook, or a place where people read. */
export const channelKinds = ['webhook', 'slack', 'teams', 'pagerduty', 'email', 'push'] as const
export type ChannelKind = (typeof channelKinds)[number]
/** Those that are made by saying where they go. A `push` is made in the browser that it goes to. */
export const createdPlaceKinds = ['slack', 'teams', 'pagerduty', 'email'] as const
export const placeKinds = [...createdPlaceKinds, 'push'] as const
export type PlaceKind = (typeof placeKinds)[number]

export const channelSchema = z.object({
  id: z.string(),
  object: z.literal('notification_channel'),
  kind: z.enum(placeKinds),
  name: z.string(),
  /** Where it goes, without what is secret of it. */
  target: z.string(),
  /** Of `push`: whose device it is. */
  user_id: z.string().nullable(),
  events: z.array(z.string()),
  workspaces: z.array(z.object({ id: z.string(), name: z.string() })),
  risks: z.array(riskSchema),
  from_stage: z.int(),
  rules: z.array(z.string()),
  quiet_hours: quietHoursSchema.nullable(),
  remind_minutes: z.int().nullable(),
  is_active: z.boolean(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_delivered_at: nullableTimestampSchema,
  last_failed_at: nullableTimestampSchema,
  /** Why the last attempt failed; null once one has succeeded. */
  last_error: z.string().nullable(),
})
export type Channel = z.infer<typeof channelSchema>

const shape = {
  name: textSchema(100).min(1),
  /** Of `slack` and `teams`: their incoming webhook. Of `pagerduty`: that of another region. */
  url: textSchema(2000).min(1),
  /** Of `pagerduty`. */
  routing_key: textSchema(100).min(1),
  /** Of `email`. */
  to: z.array(z.email().max(254)).min(1).max(20),
  /** Types, families such as `exec.*`, or `*`. How an approval ends is told by itself. */
  events: z.array(subscribedEventSchema).min(1).max(64),
  workspaces: z.array(referenceSchema).max(limits.workspacesPerKey),
  risks: z.array(riskSchema).max(4),
  /** The first stage of an approval that it is told of: 1 for what has escalated. */
  from_stage: z.int().min(0).max(20),
  /** Rules that policies of the project have: only approvals that one of them asked for. */
  rules: z.array(textSchema(120).min(1)).max(50),
  quiet_hours: quietHoursInputSchema,
  /** How often it is reminded of what still waits; null: never. */
  remind_minutes: z.int().min(limits.remindMinutesMin).max(1440).nullable(),
  is_active: z.boolean(),
}

export const channelCreateSchema = z.strictObject({
  kind: z.enum(createdPlaceKinds),
  ...shape,
  url: shape.url.optional(),
  routing_key: shape.routing_key.optional(),
  to: shape.to.optional(),
  events: shape.events.default(['exec.approval_requested', 'exec.approval_escalated']),
  workspaces: shape.workspaces.default([]),
  risks: shape.risks.default([]),
  from_stage: shape.from_stage.default(0),
  rules: shape.rules.default([]),
  quiet_hours: shape.quiet_hours.default(null),
  remind_minutes: shape.remind_minutes.default(null),
  is_active: shape.is_active.default(true),
})

/** What is left out stays as it is. */
export const channelUpdateSchema = z.strictObject(shape).partial()
