import { z } from 'zod'
import { callRefSchema } from '../call/call-ref.ts'

/** What an agent says of a call that it knows: at `proof` and at every `lease_renewal`. */
export const inFlightSchema = callRefSchema.extend({
  /** running: a process lives. settled: a result waits in the outbox. */
  status: z.enum(['running', 'settled']),
})
export type InFlight = z.infer<typeof inFlightSchema>
