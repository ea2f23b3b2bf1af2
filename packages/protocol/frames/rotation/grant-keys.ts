import { z } from 'zod'

/** A raw Ed25519 public key, hex. */
const publicKeySchema = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * router → agent. The keys that sign grants from now on, the newest last, and how each came to be
 * trusted: an agent takes a key whose chain of statements begins with one that it has.
 */
export const grantKeysFrame = z.object({
  t: z.literal('grant_keys'),
  live: z.array(publicKeySchema).min(1).max(2),
  /** The oldest first. */
  statements: z
    .array(
      z.object({
        public_key: publicKeySchema,
        /** The key before it. */
        signer: publicKeySchema,
        /** Of the signer, over `grantKeyText`. */
        signature: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 64, 'must be 64 bytes'),
      }),
    )
    .max(16),
})
export type GrantKeysFrame = z.infer<typeof grantKeysFrame>
