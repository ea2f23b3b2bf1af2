import { z } from 'zod'

export const sessionRefusals = [
  'session_unknown',
  'identity_mismatch',
  'signature_invalid',
  'manifest_invalid',
  'version_unsupported',
  'handshake_expired',
  'lease_superseded',
] as const

/**
 * router → agent. There is no such session, or there is none any more. After `session_unknown` and
 * `handshake_expired` the agent says hello again. Any other code is fatal to this connection.
 */
export const sessionRefusedFrame = z.object({
  t: z.literal('session_refused'),
  code: z.enum(sessionRefusals),
  message: z.string().max(500),
  /** After how many ms to dial again, where the router says so. */
  retry_after_ms: z.int().positive().max(3_600_000).optional(),
})
