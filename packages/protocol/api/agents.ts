import { z } from 'zod'
import { referenceSchema, textSchema, toolNameSchema } from '../ids.ts'
import { agentStateSchema, agentStates } from '../lifecycles/agent.ts'
import { bundleReportSchema, toolDescriptorSchema } from '../manifest.ts'
import { riskSchema } from '../risk.ts'
import { actorNameSchema } from './actor.ts'
import { agentRoleSchema } from './join-keys.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'
import { pauseReasonSchema } from './pauses.ts'

/** What an operator wants to know at a glance: derived from state, lease and pauses. */
export const agentHealths = [
  'healthy',
  'degraded',
  'unhealthy',
  'paused',
  'draining',
  'offline',
  'pending',
  'suspended',
] as const
export const agentHealthSchema = z.enum(agentHealths)

export const pauseRecordSchema = z.object({
  pause_id: z.string(),
  /** null: all of them. */
  workspace_id: z.string().nullable(),
  workspace: z.string().nullable(),
  /** null: all of them. */
  tool: z.string().nullable(),
  reason: z.string().nullable(),
  incident: z.string().nullable(),
  paused_by: z.string(),
  paused_by_name: actorNameSchema,
  paused_at: timestampSchema,
  /** When it resumes by itself. */
  ends_at: nullableTimestampSchema,
})

export const agentSchema = z.object({
  id: z.string(),
  object: z.literal('agent'),
  name: z.string(),
  role: agentRoleSchema,
  region: z.string(),
  description: z.string().nullable(),
  state: agentStateSchema,
  health: agentHealthSchema,
  /**
   * Why its host lets it run nothing; of one that is away, why the router gives it no session.
   */
  unhealthy_reason: z.string().nullable(),
  /** What it does not offer of what it was given, and why; null when it offers all, or is away. */
  degraded_reason: z.string().nullable(),
  hostname: z.string().nullable(),
  version: z.string().nullable(),
  /** Of the wire, in its last session; null before the first. */
  wire_version: z.int().nullable(),
  max_concurrent_executions: z.int(),
  in_flight: z.int(),
  tool_count: z.int(),
  paused: z.array(pauseRecordSchema),
  enrolled_at: timestampSchema,
  /**
   * Since when the router knows the key that encrypts its connection, and the one that signs.
   * null: since before the router kept that.
   */
  curve_key_since: nullableTimestampSchema,
  signing_key_since: nullableTimestampSchema,
  connected_at: nullableTimestampSchema,
  last_heartbeat_at: nullableTimestampSchema,
  lease_epoch: z.int(),
  lease_expires_at: nullableTimestampSchema,
  /** How far its clock is ahead of the router's, ms; null while it is away or does not say. */
  clock_offset_ms: z.int().nullable(),
  manifest_version: z.int().nullable(),
  manifest_hash: z.string().nullable(),
})
export type Agent = z.infer<typeof agentSchema>

export const agentDetailSchema = agentSchema.extend({
  manifest_accepted_at: nullableTimestampSchema,
  tools: z.array(toolDescriptorSchema),
  bundles: z.array(bundleReportSchema),
  /** Tools that the agent calls milder than before: none can be called until that is accepted. */
  held: z.array(z.object({ tool: z.string(), from: riskSchema, to: riskSchema })),
  workspaces: z.array(z.object({ id: z.string(), name: z.string(), credentials_ref: z.string().nullable() })),
})
export type AgentDetail = z.infer<typeof agentDetailSchema>

export const agentQuerySchema = pageQuerySchema.extend({
  state: z.enum(agentStates).optional(),
  /**
   * One or more of `agentHealths`, comma-separated. `paused` is every agent with a pause, also of
   * one workspace only and also while it is offline; the others are its `health`.
   */
  status: textSchema(200).optional(),
  workspace: textSchema(64).optional(),
})

export const acceptRiskSchema = z.strictObject({
  /** Only this one; leave out for all that are held. */
  tool: toolNameSchema.optional(),
})

export const agentUpdateSchema = z.strictObject({ description: textSchema(500).nullable() })

export const pauseRequestSchema = pauseReasonSchema.extend({
  /** Id or name; leave out to pause everything. */
  workspace: referenceSchema.optional(),
})
export const resumeRequestSchema = z.strictObject({ workspace: referenceSchema.optional() })
