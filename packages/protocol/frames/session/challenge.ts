import { z } from 'zod'

/** router → agent. What the agent must sign, bound to this connection. */
export const challengeFrame = z.object({
  t: z.literal('challenge'),
  nonce: z.instanceof(Uint8Array).refine((b) => b.length === 32, 'must be 32 bytes'),
  /** The routing id under which the router sees this connection. */
  routing_id: z.instanceof(Uint8Array),
})
