import { z } from 'zod'
import { rotationIdSchema } from '../../ids.ts'

/**
 * router → agent. The rotation was rolled back: the new key is worth nothing, the old one stays.
 */
export const rotationEndedFrame = z.object({
  t: z.literal('rotation_ended'),
  rotation_id: rotationIdSchema,
  reason: z.string().max(200),
})
