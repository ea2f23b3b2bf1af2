import { z } from 'zod'
import { rotationIdSchema } from '../../ids.ts'

/** agent → router. It cannot take part, as when its disk is full; everything stays as it was. */
export const rotationRefusedFrame = z.object({
  t: z.literal('rotation_refused'),
  rotation_id: rotationIdSchema,
  reason: z.string().max(200),
})
export type RotationRefusedFrame = z.infer<typeof rotationRefusedFrame>
