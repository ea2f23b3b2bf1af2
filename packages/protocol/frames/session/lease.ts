import { z } from 'zod'
import { callRefSchema } from '../call/call-ref.ts'

/** router → agent. Answers a renewal. */
export const leaseFrame = z.object({
  t: z.literal('lease'),
  lease_epoch: z.int32().positive(),
  lease_ttl_ms: z.int().positive(),
  /** As in `welcome`. */
  forget: z.array(callRefSchema),
  /** As in `welcome`. */
  clock_offset_ms: z.int().optional(),
  /** The renewal left out a manifest that the router does not have. */
  manifest_wanted: z.boolean().optional(),
})
