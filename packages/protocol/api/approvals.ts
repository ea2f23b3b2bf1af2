import { z } from 'zod'
import { noteSchema, reasonSchema, textSchema } from '../ids.ts'
import { approvalStateSchema } from '../lifecycles/approval.ts'
import { limits } from '../limits.ts'
import { riskSchema } from '../risk.ts'
import { actorNameSchema, doorSchema } from './actor.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'
import { streamedEventSchema } from './streamed-event.ts'

/** `break_glass`: an owner ran it alone. */
export const votes = ['approve', 'reject', 'withdraw', 'break_glass'] as const
export type Vote = (typeof votes)[number]

const voteSchema = z.object({
  vote: z.enum(votes),
  by: z.string(),
  by_name: actorNameSchema,
  /** The API key that they came with, and the door. */
  key: z.string().nullable(),
  door: doorSchema.nullable(),
  stage: z.int(),
  digest: z.string(),
  note: z.string().nullable(),
  /** With which they confirmed it, as it was called then. */
  passkey: z.object({ id: z.string(), name: z.string() }).nullable(),
  at: timestampSchema,
})

export const recommended = ['approve', 'reject'] as const
export type Recommendation = (typeof recommended)[number]

/** What somebody, or a model, thinks should be done: it is no vote, and fills no place. */
const recommendationOfSchema = z.object({
  recommendation: z.enum(recommended),
  by: z.string(),
  by_name: actorNameSchema,
  key: z.string().nullable(),
  door: doorSchema.nullable(),
  /** Of what they looked at. */
  digest: z.string(),
  note: z.string(),
  at: timestampSchema,
})

/** What has to be decided by whom, and how far it has come. */
const askedOfSchema = z.object({
  policy: z.string(),
  policy_id: z.string().nullable(),
  /** Of the policy; 0 for that of workspaces that have none. */
  version: z.int(),
  /** Rules that matched. `error`: why one could not be evaluated, so that it counts as matched. */
  rules: z.array(z.object({ name: z.string(), error: z.string().nullable() })),
  /** Windows and freezes that were closed. */
  closed: z.array(z.string()),
  stage: z.int(),
  stage_name: z.string(),
  stages: z.int(),
  stage_ends_at: timestampSchema,
  /** How many different approvers the stage wants. */
  places: z.int(),
  require_reason: z.boolean(),
  /** An approval is confirmed with a passkey: it is given at the dashboard alone. */
  require_passkey: z.boolean(),
  on_timeout: z.enum(['expire', 'reject']),
  break_glass: z.boolean(),
})

export const approvalSchema = z.object({
  id: z.string(),
  object: z.literal('approval'),
  execution_id: z.string(),
  workspace_id: z.string(),
  workspace: z.string(),
  tool: z.string(),
  /** As what it is treated: the tool's own, or what a rule raised it to. */
  risk: riskSchema,
  /** Of the tool itself. */
  tool_risk: riskSchema,
  state: approvalStateSchema,
  args: z.record(z.string(), z.unknown()),
  /** One sentence that says what will happen. */
  prompt: z.string(),
  /** What the requester gave as the reason. */
  reason: z.string().nullable(),
  digest: z.string(),
  policy_version: z.int(),
  /** Name of the credential file at the agent; null when the tool uses none. */
  credentials_ref: z.string().nullable(),
  /** The online agents that could run it now, exactly as it was asked for. */
  agents: z.array(z.object({ id: z.string(), name: z.string() })),
  /** A person, or a service key; then the API key that they came with, and the door. */
  requested_by: z.string(),
  requested_by_name: actorNameSchema,
  requested_key: z.string().nullable(),
  requested_door: doorSchema.nullable(),
  requested_at: timestampSchema,
  expires_at: timestampSchema,
  decided_by: z.string().nullable(),
  decided_by_name: actorNameSchema,
  decided_key: z.string().nullable(),
  decided_door: doorSchema.nullable(),
  decided_at: nullableTimestampSchema,
  note: z.string().nullable(),
  asked: askedOfSchema,
  /** Oldest first; the last of each counts, if they still may decide. */
  votes: z.array(voteSchema),
  /** The last one of each, oldest first. They decide nothing. */
  recommendations: z.array(recommendationOfSchema),
  /** Who still has to approve, in words, each once; empty unless it is pending. */
  needs: z.array(z.string()),
  /** How many approvals that are, by different people. */
  needed: z.int(),
  /** When an approved call that waits for its window runs. */
  runs_at: nullableTimestampSchema,
  /** Of a call that an owner ran alone: until when somebody else has to look at it. */
  review_due_at: nullableTimestampSchema,
  reviewed_by: z.string().nullable(),
  reviewed_by_name: actorNameSchema,
  reviewed_at: nullableTimestampSchema,
  review_note: z.string().nullable(),
  /** What a reviewer must type as `confirm`; null when nothing. */
  confirm: z.string().nullable(),
})
export type Approval = z.infer<typeof approvalSchema>

const hindranceSchema = z.object({ code: z.string(), message: z.string() }).nullable()

/** Whether whoever asks may decide now; null: they may. */
export const standingSchema = z.object({
  object: z.literal('standing'),
  approval_id: z.string(),
  approve: hindranceSchema,
  reject: hindranceSchema,
})
export type Standing = z.infer<typeof standingSchema>

export const approvalQuerySchema = pageQuerySchema.extend({
  /** One or more states, comma-separated; `all` for every state. */
  status: textSchema(200).optional(),
  risk: textSchema(100).optional(),
  workspace: textSchema(64).optional(),
  /** Whose calls they are; while no agent has the call, who serves its workspace. */
  agent: textSchema(64).optional(),
  tool: textSchema(64).optional(),
  since: timestampSchema.optional(),
  until: timestampSchema.optional(),
  /** A person (e-mail or id) or a service key (name or id). */
  requester: textSchema(254).optional(),
  /** The same, of whoever voted. */
  approver: textSchema(254).optional(),
  /** `due`: those that an owner ran alone and nobody has reviewed. */
  review: z.literal('due').optional(),
})

export const decisionSchema = z.strictObject({
  note: noteSchema(limits.noteCharacters),
  /** The tool name, typed; required to approve an irreversible call. */
  confirm: textSchema(64).optional(),
  /** The digest that the reviewer saw; when given, a decision over anything else is refused. */
  digest: textSchema(64).optional(),
})

/** Several at once: of one tool and one risk, each with the digest that the reviewer saw. */
export const decisionsSchema = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  note: noteSchema(limits.noteCharacters),
  approvals: z
    .array(z.strictObject({ id: textSchema(64), digest: textSchema(64) }))
    .min(1)
    .max(limits.decisionsPerRequest),
})

/** In the order of the request. One that could not be decided stops none of the others. */
export const decidedSchema = z.object({
  object: z.literal('approval_decisions'),
  decided: z.int(),
  failed: z.int(),
  results: z.array(
    z.object({
      id: z.string(),
      approval: approvalSchema.nullable(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
})
export type Decided = z.infer<typeof decidedSchema>

export const recommendationSchema = z.strictObject({
  recommendation: z.enum(recommended),
  note: reasonSchema(limits.noteCharacters),
  /** The digest that was looked at; when given, one over anything else is refused. */
  digest: textSchema(64).optional(),
})

export const withdrawSchema = z.strictObject({ note: noteSchema(limits.noteCharacters) })

export const breakGlassSchema = z.strictObject({
  /** Why it cannot wait. */
  reason: reasonSchema(limits.noteCharacters),
  confirm: textSchema(64).optional(),
  digest: textSchema(64).optional(),
})

export const reviewSchema = z.strictObject({ note: reasonSchema(limits.noteCharacters) })

export const approvalStreamQuerySchema = z.object({
  workspace: textSchema(64).optional(),
  risk: textSchema(100).optional(),
})

/** Data of the events of the stream: the approval as it is now, and what happened. */
export const approvalEventSchema = approvalSchema.extend({
  event: streamedEventSchema('approval').extend({
    /** The stage that began, or in which somebody voted: counted from 0. Null of other events. */
    stage: z.int().nullable(),
    stage_name: z.string().nullable(),
    /** What was voted, where somebody did. */
    vote: z.enum(votes).nullable(),
  }),
})
export type ApprovalEvent = z.infer<typeof approvalEventSchema>
