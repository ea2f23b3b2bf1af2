import { z } from 'zod'
import { rotationIdSchema } from '../../ids.ts'

/**
 * router → agent. Make a CURVE pair that takes the place of the one in use, and be ready to dial
 * the router there, under that key. Said again until the agent has done so or the rotation ends.
 */
export const curveRotateFrame = z.object({
  t: z.literal('curve_rotate'),
  rotation_id: rotationIdSchema,
  /** Data plane, tcp://host:port. */
  address: z.string().max(255),
  /** The router's CURVE public key at that address, Z85. */
  curve_public_key: z.string().length(40),
})
export type CurveRotateFrame = z.infer<typeof curveRotateFrame>
