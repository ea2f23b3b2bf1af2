import { z } from 'zod'
import { rotationIdSchema } from '../../ids.ts'

const signatureSchema = z.instanceof(Uint8Array).refine((bytes) => bytes.length === 64, 'must be 64 bytes')

/**
 * agent → router. The pair is made, and on disk. The same rotation is answered with the same pair.
 * Both signatures are over `signingRotateText`.
 */
export const signingRotateAckFrame = z.object({
  t: z.literal('signing_rotate_ack'),
  rotation_id: rotationIdSchema,
  /** The public half of the new pair, raw, hex. */
  signing_public_key: z.string().regex(/^[0-9a-f]{64}$/),
  /** With the key in use: it names the one that takes its place. */
  signature: signatureSchema,
  /** With the new key: whoever names it has it. */
  proof: signatureSchema,
})
export type SigningRotateAckFrame = z.infer<typeof signingRotateAckFrame>
