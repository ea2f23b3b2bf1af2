// Parts that several frames carry.
import { z } from 'zod'
import { uuidSchema } from '../ids.ts'

/** Names one attempt of one execution. Attempt and lease epoch fence stale answers (law L2). */
export const callRefSchema = z.object({
  execution_id: uuidSchema,
  attempt: z.int32().positive(),
  lease_epoch: z.int32().positive(),
})
export type CallRef = z.infer<typeof callRefSchema>

/** What an agent says of a call that it knows: at `proof` and at every `lease_renewal`. */
export const inFlightSchema = callRefSchema.extend({
  /** running: a process lives. settled: a result waits in the outbox. */
  status: z.enum(['running', 'settled']),
})
export type InFlight = z.infer<typeof inFlightSchema>

export const pauseSchema = z.object({
  /** Name of the one workspace it is limited to; null means all. */
  workspace_id: z.string().max(64).nullable(),
})
