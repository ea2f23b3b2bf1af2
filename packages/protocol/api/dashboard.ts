import { z } from 'zod'
import { executionStates } from '../lifecycles/execution.ts'
import { agentHealths } from './agents.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'

const serviceSchema = z.object({
  name: z.enum(['router', 'data_plane', 'database', 'event_log']),
  status: z.enum(['ok', 'failing']),
  detail: z.string(),
})

/** One look at everything that a project stands on. */
export const healthDashboardSchema = z.object({
  object: z.literal('health_dashboard'),
  at: timestampSchema,
  /** `degraded` when something needs a look, `failing` when calls cannot go on. */
  status: z.enum(['ok', 'degraded', 'failing']),
  /** What needs a look, each in a sentence, the worst first. */
  problems: z.array(z.string()),
  version: z.string(),
  uptime_seconds: z.int(),
  services: z.array(serviceSchema),
  fleet: z.object({
    agents: z.int(),
    by_health: z.partialRecord(z.enum(agentHealths), z.int()),
    in_flight: z.int(),
    /** Of the agents that are online. */
    capacity: z.int(),
    /** Those that are not healthy, and no more of them than a page shows. */
    ailing: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        health: z.enum(agentHealths),
        reason: z.string().nullable(),
        last_heartbeat_at: nullableTimestampSchema,
      }),
    ),
  }),
  queue: z.object({
    queued: z.int(),
    oldest_queued_at: nullableTimestampSchema,
    /** Up to 1,000. */
    ambiguous: z.int(),
  }),
  approvals: z.object({
    pending: z.int(),
    oldest_requested_at: nullableTimestampSchema,
    next_expires_at: nullableTimestampSchema,
  }),
  /** Null when the database does not answer. */
  database: z
    .object({
      server_version: z.string(),
      latency_ms: z.number(),
      size_bytes: z.int(),
      connections: z.int(),
      oldest_transaction_seconds: z.number().nullable(),
    })
    .nullable(),
  /** Of the folder of the router's state. */
  disk: z.object({ size_bytes: z.int(), free_bytes: z.int() }).nullable(),
  duties: z.array(
    z.object({
      name: z.string(),
      every_ms: z.int(),
      last_at: nullableTimestampSchema,
      took_ms: z.int().nullable(),
      /** In a row, up to now. */
      failures: z.int(),
    }),
  ),
  /** Age of the oldest event that a follower has not handled; null when nobody can say. */
  followers: z.array(z.object({ name: z.string(), seconds_behind: z.number().nullable() })),
  /** Of the audit log of this project. */
  last_seal: z.object({ at: timestampSchema, size: z.int() }).nullable(),
})
export type HealthDashboard = z.infer<typeof healthDashboardSchema>

/** The last day of a project. */
export const healthHistorySchema = z.object({
  object: z.literal('health_history'),
  since: timestampSchema,
  /** The highest of each quarter of an hour in which the router ran, oldest first. */
  points: z.array(
    z.object({
      at: timestampSchema,
      agents_online: z.int(),
      /** With agents. */
      active: z.int(),
      pending_approvals: z.int(),
      queued: z.int(),
    }),
  ),
  activity: z.object({
    /** The newest, up to 10,000. */
    calls: z.int(),
    /** Whether there may have been more. */
    truncated: z.boolean(),
    by_state: z.partialRecord(z.enum(executionStates), z.int()),
    /** Those of which most calls failed, timed out or are ambiguous. */
    failing_tools: z.array(z.object({ tool: z.string(), calls: z.int(), failed: z.int() })),
  }),
})
export type HealthHistory = z.infer<typeof healthHistorySchema>
