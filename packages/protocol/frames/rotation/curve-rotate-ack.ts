import { z } from 'zod'
import { rotationIdSchema } from '../../ids.ts'

/**
 * agent → router. The pair is made, and on disk. The same rotation is answered with the same pair.
 */
export const curveRotateAckFrame = z.object({
  t: z.literal('curve_rotate_ack'),
  rotation_id: rotationIdSchema,
  /** The public half of the new pair, Z85. */
  curve_public_key: z.string().length(40),
  /** Over `curveRotateText`, with the agent's signing key: what the record keeps as evidence. */
  signature: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 64, 'must be 64 bytes'),
})
export type CurveRotateAckFrame = z.infer<typeof curveRotateAckFrame>
