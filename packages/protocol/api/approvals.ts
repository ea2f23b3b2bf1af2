import { z } from 'zod'
import { textSchema } from '../ids.ts'
import { approvalStateSchema } from '../lifecycles/approval.ts'
import { limits } from '../limits.ts'
import { riskSchema } from '../risk.ts'
import { actorNameSchema, doorSchema } from './actor.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'
import { streamedEventSchema } from './streamed-event.ts'

export const approvalSchema = z.object({
  id: z.string(),
  object: z.literal('approval'),
  execution_id: z.string(),
  workspace_id: z.string(),
  workspace: z.string(),
  tool: z.string(),
  risk: riskSchema,
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
  /** What a reviewer must type as `confirm`; null when nothing. */
  confirm: z.string().nullable(),
})
export type Approval = z.infer<typeof approvalSchema>

export const approvalQuerySchema = pageQuerySchema.extend({
  /** One or more states, comma-separated; `all` for every state. */
  status: textSchema(200).optional(),
  risk: textSchema(100).optional(),
  workspace: textSchema(64).optional(),
  agent: textSchema(64).optional(),
  tool: textSchema(64).optional(),
  since: timestampSchema.optional(),
  until: timestampSchema.optional(),
})

export const decisionSchema = z.strictObject({
  note: textSchema(limits.noteCharacters).optional(),
  /** The tool name, typed; required to approve an irreversible call. */
  confirm: textSchema(64).optional(),
  /** The digest that the reviewer saw; when given, a decision over anything else is refused. */
  digest: textSchema(64).optional(),
})

export const approvalStreamQuerySchema = z.object({
  workspace: textSchema(64).optional(),
  risk: textSchema(100).optional(),
})

/** Data of the events of the stream: the approval as it is now, and what happened. */
export const approvalEventSchema = approvalSchema.extend({ event: streamedEventSchema('approval') })
export type ApprovalEvent = z.infer<typeof approvalEventSchema>
