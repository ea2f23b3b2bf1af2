import { z } from 'zod'
import { noteSchema, reasonSchema, referenceSchema, textSchema, toolNameSchema } from '../ids.ts'
import { executionStateSchema } from '../lifecycles/execution.ts'
import { limits } from '../limits.ts'
import { riskSchema } from '../risk.ts'
import { actorNameSchema, doorSchema } from './actor.ts'
import { approvalSchema } from './approvals.ts'
import { legalHoldSchema } from './legal-holds.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'
import { streamedEventSchema } from './streamed-event.ts'

/** One tool call to make. */
export const invocationSchema = z.strictObject({
  /** Id or name. */
  workspace: referenceSchema,
  tool: toolNameSchema,
  args: z.record(z.string(), z.unknown()).default({}),
  /** Why, for the reviewer and the record. */
  reason: noteSchema(limits.noteCharacters),
  /** Shorter than the tool's own, never longer. */
  timeout_ms: z.int().positive().max(limits.toolTimeoutMsMax).optional(),
})
export type Invocation = z.infer<typeof invocationSchema>

export const submitQuerySchema = z.object({
  /** Seconds to wait for the end of the call; 0 answers at once. */
  wait: z.coerce.number().min(0).max(limits.waitSeconds).default(0),
})

const executionErrorSchema = z.object({ code: z.string(), message: z.string() })

export const executionSchema = z.object({
  id: z.string(),
  object: z.literal('execution'),
  project_id: z.string(),
  workspace_id: z.string(),
  workspace: z.string(),
  tool: z.string(),
  /** Of the tool itself. */
  risk: riskSchema,
  /** As what it is treated: that of the tool, or what a rule of the policy raised it to. */
  effective_risk: riskSchema,
  state: executionStateSchema,
  args: z.record(z.string(), z.unknown()),
  /** SHA-256 over everything that decides what runs. */
  digest: z.string(),
  schema_digest: z.string(),
  policy_version: z.int(),
  /** Name of the credential file at the agent; null when the tool uses none. */
  credentials_ref: z.string().nullable(),
  agent_id: z.string().nullable(),
  agent: z.string().nullable(),
  attempt: z.int(),
  approval_id: z.string().nullable(),
  /** The call that this one makes again. */
  retry_of: z.string().nullable(),
  reason: z.string().nullable(),
  /** A person, or a service key; then the API key that they came with, and the door. */
  requested_by: z.string(),
  requested_by_name: actorNameSchema,
  requested_key: z.string().nullable(),
  requested_door: doorSchema.nullable(),
  request_id: z.string(),
  /**
   * 32 hex digits: the caller's trace, else the id of the execution without hyphens. Null when the
   * call is in no trace.
   */
  trace_id: z.string().nullable(),
  timeout_ms: z.int(),
  created_at: timestampSchema,
  dispatched_at: nullableTimestampSchema,
  started_at: nullableTimestampSchema,
  finished_at: nullableTimestampSchema,
  /** From start to end at the agent, milliseconds. */
  duration_ms: z.int().nullable(),
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
  error: executionErrorSchema.nullable(),
  result: z.unknown(),
  stdout_bytes: z.int(),
  stderr_bytes: z.int(),
  truncated: z.boolean(),
})
export type Execution = z.infer<typeof executionSchema>

/** Makes a call again: the same tool with the same arguments in the same workspace. */
export const retrySchema = z.strictObject({
  /** The secret arguments, which no record keeps, and nothing else. */
  args: z.record(z.string(), z.unknown()).default({}),
  /** Default: that of the first call. */
  reason: noteSchema(limits.noteCharacters),
})
export type Retry = z.infer<typeof retrySchema>

export const artifactSchema = z.object({
  id: z.string(),
  object: z.literal('artifact'),
  name: z.string(),
  /** As the tool says. */
  media_type: z.string(),
  bytes: z.int(),
  created_at: timestampSchema,
})

export type Artifact = z.infer<typeof artifactSchema>

export const executionDetailSchema = executionSchema.extend({
  /** The inline output as text, invalid UTF-8 replaced. The bytes themselves: `/raw`. */
  stdout: z.string(),
  stderr: z.string(),
  artifacts: z.array(artifactSchema),
  /** Its output was removed when its time was over. */
  output_removed: z.boolean(),
  /** Keeps it, however old it is. */
  legal_hold: legalHoldSchema.pick({ id: true, reason: true, incident: true, placed_at: true }).nullable(),
  transitions: z.array(
    z.object({
      state: executionStateSchema,
      at: timestampSchema,
      actor: z.string(),
      actor_name: actorNameSchema,
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  /** Each time that an agent was given the call, oldest first. */
  attempts: z.array(
    z.object({
      attempt: z.int(),
      agent_id: z.string().nullable(),
      agent: z.string().nullable(),
      /** Of the agent's program at that time; null when the record does not know it. */
      agent_version: z.string().nullable(),
      dispatched_at: timestampSchema,
      /** When it left for the agent, once it was stored where it goes; null when not known. */
      sent_at: nullableTimestampSchema,
      started_at: nullableTimestampSchema,
      ended_at: nullableTimestampSchema,
      /** The state that ended it: `queued` when it was put back. Null while it goes on. */
      outcome: executionStateSchema.nullable(),
    }),
  ),
  /** The calls that made this one again, oldest first. */
  retries: z.array(
    z.object({
      id: z.string(),
      state: executionStateSchema,
      created_at: timestampSchema,
      requested_by: z.string(),
      requested_by_name: actorNameSchema,
    }),
  ),
  /** The trace in the operators' tracing system, where `XEROTIER_TRACE_URL_TEMPLATE` says how. */
  trace_url: z.string().nullable(),
  /** Oldest first; the last is the one that counts. */
  approvals: z.array(
    approvalSchema.pick({
      id: true,
      state: true,
      risk: true,
      tool_risk: true,
      decided_by: true,
      decided_by_name: true,
      decided_key: true,
      decided_door: true,
      decided_at: true,
      note: true,
      policy_version: true,
      asked: true,
      votes: true,
      needs: true,
      needed: true,
      runs_at: true,
    }),
  ),
  /**
   * Of a queued call: why no agent has it yet, and when it expires if none takes it. Null in every
   * other state.
   */
  waiting_for: z.string().nullable(),
  queue_deadline: nullableTimestampSchema,
  /**
   * Who asked for a running call to be stopped. A call that still waited is cancelled at once: see
   * its transitions.
   */
  cancel_requested: z.object({ at: timestampSchema, by: z.string(), by_name: actorNameSchema }).nullable(),
  resolution: z.object({ by: z.string(), by_name: actorNameSchema, note: z.string(), at: timestampSchema }).nullable(),
})
export type ExecutionDetail = z.infer<typeof executionDetailSchema>

/** The whole record, as `exec show -o json` prints it. Fields are added; none is taken away. */
export function executionJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(executionDetailSchema, { io: 'output' })
}

export const cancellationSchema = executionSchema.extend({
  /**
   * Whether its agent has now been asked to stop it. False when nothing ran, and when the agent is
   * away: it is asked when it comes back.
   */
  agent_asked: z.boolean(),
})
export type Cancellation = z.infer<typeof cancellationSchema>

/** Filters work on the server. `status` may be given more than once, or comma-separated. */
export const executionQuerySchema = pageQuerySchema.extend({
  status: textSchema(200).optional(),
  tool: textSchema(64).optional(),
  agent: textSchema(64).optional(),
  workspace: textSchema(64).optional(),
  risk: textSchema(100).optional(),
  /** A person (e-mail or id) or a service key (name or id). */
  requester: textSchema(254).optional(),
  since: timestampSchema.optional(),
  until: timestampSchema.optional(),
})

export const resolveSchema = z.strictObject({
  /** What is now known of an ambiguous call. */
  outcome: z.enum(['completed', 'failed', 'cancelled']),
  note: reasonSchema(limits.noteCharacters),
})

export const executionStreamQuerySchema = z.object({
  execution_id: textSchema(64).optional(),
  workspace: textSchema(64).optional(),
  agent: textSchema(64).optional(),
  tool: textSchema(64).optional(),
  /** Only events that bring a call to one of these states; comma-separated. */
  status: textSchema(200).optional(),
  risk: textSchema(100).optional(),
  requester: textSchema(254).optional(),
  /** With `execution_id`: stream the call's output too (x_exec.execution.output). */
  output: z.enum(['true', 'false']).default('false'),
})

/** Data of the other events of the stream: the execution as it is now, and what happened. */
export const executionEventSchema = executionSchema.extend({ event: streamedEventSchema('execution') })
export type ExecutionEvent = z.infer<typeof executionEventSchema>

/** Data of `x_exec.execution.output`. */
export const outputEventSchema = z.object({
  execution_id: z.string(),
  seq: z.int(),
  stream: z.enum(['stdout', 'stderr']),
  at: timestampSchema,
  /** The bytes, base64. */
  data: z.string(),
})
export type OutputEvent = z.infer<typeof outputEventSchema>

export const rawQuerySchema = z.object({
  /** One stream only; default: both, in the order of arrival. */
  stream: z.enum(['stdout', 'stderr']).optional(),
})
