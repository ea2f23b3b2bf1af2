// The envelope of one data-plane message. SPEC.md says it in prose.
import { z } from 'zod'
import { limits } from './limits.ts'

/** Moves whenever a frame's schema changes; `frames.test.ts` holds the hash that forces it. */
export const wireVersion = 2

/**
 * Prefix of the signed bytes, so that a signature can never be taken for one over something else.
 */
export const messageSignaturePrefix = 'xem-message-v1\0'

/**
 * First part of every message, MessagePack. Agent messages have a second part: the Ed25519
 * signature (64 bytes) over prefix and body. The session is empty until `welcome`; `n` counts a
 * session's messages from 1, in each direction.
 */
export const envelopeSchema = z.object({
  v: z.literal(wireVersion),
  s: z.string().max(64),
  n: z.int().nonnegative(),
  f: z.array(z.unknown()).min(1).max(limits.framesPerMessage),
})
