import { z } from 'zod'
import { agentIdSchema } from '../../ids.ts'
import { limits } from '../../limits.ts'
import { manifestSchema } from '../../manifest.ts'
import { inFlightSchema } from './in-flight.ts'

/**
 * agent → router. The message's signature over nonce, routing
 * id and CURVE key proves the identity; the rest reconciles.
 */
export const proofFrame = z.object({
  t: z.literal('proof'),
  agent_id: agentIdSchema,
  nonce: z.instanceof(Uint8Array),
  routing_id: z.instanceof(Uint8Array),
  /** Z85, the key with which this connection was made. */
  curve_public_key: z.string().length(40),
  /**
   * Names the agent's journal, made anew when the journal file is. A
   * router may run an at-most-once call again only when the journal that
   * it was dispatched to is still there and does not know the call.
   */
  journal_id: z.string().regex(/^[0-9a-f]{32}$/),
  manifest: manifestSchema,
  in_flight: z.array(inFlightSchema).max(limits.reportedCalls),
  max_concurrent_executions: z.int().positive().max(limits.inFlightPerAgent),
  lease_renewal_interval_ms: z.int().min(100).max(3_600_000),
  hostname: z.string().max(255),
  version: z.string().max(64),
  /** What the agent's clock shows, so that the router knows the difference. */
  at: z.int().optional(),
  /** What it knows beyond the first text of its version (`features.ts`). */
  features: z.array(z.string().max(32)).max(16).optional(),
})
