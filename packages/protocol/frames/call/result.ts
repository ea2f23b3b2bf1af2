import { z } from 'zod'
import { callRefSchema } from './call-ref.ts'

/** How a call ended, as the agent saw it. `interrupted` makes the execution `ambiguous`. */
const outcomes = ['completed', 'failed', 'timeout', 'cancelled', 'interrupted'] as const

/** agent → router. The end of a call; waits in the outbox until `result_ack`. */
export const resultFrame = callRefSchema.extend({
  t: z.literal('result'),
  outcome: z.enum(outcomes),
  exit_code: z.int32().nullable(),
  /** Signal that ended the process, e.g. SIGKILL. */
  signal: z.string().max(16).nullable(),
  error: z.object({ code: z.string().max(64), message: z.string().max(4000) }).nullable(),
  /** JSON value of a builtin or MCP tool; null for a command, whose answer is its output. */
  result: z.unknown(),
  started_at: z.int().nullable(),
  finished_at: z.int(),
  /** Bytes that the tool wrote, and whether some were dropped at a limit. */
  stdout_bytes: z.int().nonnegative(),
  stderr_bytes: z.int().nonnegative(),
  truncated: z.boolean(),
})
export type ResultFrame = z.infer<typeof resultFrame>
