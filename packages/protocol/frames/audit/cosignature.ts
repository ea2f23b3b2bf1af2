import { z } from 'zod'

/** agent → router. The agent has seen the checkpoint of this size, and keeps it. */
export const cosignatureFrame = z.object({
  t: z.literal('cosignature'),
  size: z.int().nonnegative(),
  /** Time and Ed25519 signature, as in C2SP tlog-cosignature. */
  signature: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 72, 'must be 72 bytes'),
})
export type CosignatureFrame = z.infer<typeof cosignatureFrame>
