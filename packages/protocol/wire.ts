// The envelope of one data-plane message. SPEC.md says it in prose.
import { z } from 'zod'
import { limits } from './limits.ts'
import type { WireVersions } from './wire-versions.ts'

/** Moves whenever a frame's schema changes; `frames.test.ts` holds the hash that forces it. */
export const wireVersion = 3

/**
 * What we speak: the version of the release before as well, so that not all has to be upgraded at
 * once.
 */
export const ourVersions: WireVersions = { oldest: 2, newest: wireVersion }

/**
 * Prefix of the signed bytes, so that a signature can never be taken for one over something else.
 */
export const messageSignaturePrefix = 'xem-message-v1\0'

/**
 * First part of every message, MessagePack, in every version. Agent messages have a second part:
 * the Ed25519 signature (64 bytes) over prefix and body. `v` is the version of the session, and of
 * a hello the oldest that its agent speaks. The session is empty until `welcome`; `n` counts a
 * session's messages from 1, in each direction.
 */
export const envelopeSchema = z.object({
  v: z.int().min(1).max(limits.wireVersions),
  s: z.string().max(64),
  n: z.int().nonnegative(),
  f: z.array(z.unknown()).min(1).max(limits.framesPerMessage),
})
export type Envelope = z.infer<typeof envelopeSchema>
