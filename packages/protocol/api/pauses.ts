import { z } from 'zod'
import { noteSchema, referenceSchema, textSchema, toolNameSchema } from '../ids.ts'
import { pauseStateSchema } from '../lifecycles/pause.ts'
import { limits } from '../limits.ts'
import { riskSchema } from '../risk.ts'
import { actorNameSchema } from './actor.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

/** What a pause stops: what it names narrows it, and one that names nothing stops the project. */
export const pauseTargets = ['agent', 'workspace', 'tool', 'project'] as const

/** The number of an incident, or a link to it. */
const incidentSchema = textSchema(200).regex(/^\P{Cc}+$/u, 'must be visible text on one line')

/** Why, for which incident, and for how long. */
export const pauseReasonSchema = z.strictObject({
  reason: noteSchema(500),
  incident: incidentSchema.optional(),
  /** It resumes by itself after so long; else it lasts until somebody ends it. */
  ttl_seconds: z.int().min(1).max(limits.pauseSecondsMax).optional(),
})

/** At most one of `agent` and `tool`; both may be narrowed to a workspace. */
const targetSchema = z.strictObject({
  /** Id or name. */
  agent: referenceSchema.optional(),
  /** Id or name. */
  workspace: referenceSchema.optional(),
  tool: toolNameSchema.optional(),
  /** The whole project: to be said, as nothing must be paused by what somebody left out. */
  project: z.literal(true).optional(),
})
export const pausePlanRequestSchema = targetSchema
export const pauseCreateSchema = targetSchema.extend(pauseReasonSchema.shape)
export type PauseCreate = z.infer<typeof pauseCreateSchema>

const namedTarget = {
  target: z.enum(pauseTargets),
  agent_id: z.string().nullable(),
  agent: z.string().nullable(),
  workspace_id: z.string().nullable(),
  workspace: z.string().nullable(),
  tool: z.string().nullable(),
}

export const pauseSchema = z.object({
  id: z.string(),
  object: z.literal('pause'),
  state: pauseStateSchema,
  ...namedTarget,
  reason: z.string().nullable(),
  incident: z.string().nullable(),
  paused_by: z.string(),
  paused_by_name: actorNameSchema,
  paused_at: timestampSchema,
  /** When it resumes by itself; null: only when somebody ends it. */
  ends_at: nullableTimestampSchema,
  /** `router` when its time ran out. */
  ended_by: z.string().nullable(),
  ended_by_name: actorNameSchema,
  ended_at: nullableTimestampSchema,
})
export type Pause = z.infer<typeof pauseSchema>

export const pauseQuerySchema = pageQuerySchema.extend({
  /** One or more states, comma-separated, or `all`; active ones when left out. */
  status: textSchema(100).optional(),
  target: z.enum(pauseTargets).optional(),
  /** Id or name; pauses that name it. */
  agent: referenceSchema.optional(),
  workspace: referenceSchema.optional(),
  tool: toolNameSchema.optional(),
  incident: incidentSchema.optional(),
})

const counts = {
  /** With an agent. They complete. */
  running: z.int(),
  /** They wait for the end of the pause, or go to `others`. */
  queued: z.int(),
  pending_approval: z.int(),
}

/** What a pause would touch now. Lists name the first hundred; the counts are of all. */
export const pausePlanSchema = z.object({
  object: z.literal('pause_plan'),
  ...namedTarget,
  /** The pause of exactly this that is active already. */
  pause: pauseSchema.nullable(),
  ...counts,
  agents: z.array(z.object({ agent_id: z.string(), agent: z.string(), health: z.string(), running: z.int() })),
  workspaces: z.array(
    z.object({
      workspace_id: z.string(),
      workspace: z.string(),
      ...counts,
      /** Online agents that would go on taking calls of it. */
      others: z.int(),
    }),
  ),
  tools: z.array(z.object({ tool: z.string(), risk: riskSchema, ...counts })),
})
export type PausePlan = z.infer<typeof pausePlanSchema>
