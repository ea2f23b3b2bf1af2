import { z } from 'zod'
import { rotationIdSchema } from '../../ids.ts'

/**
 * router → agent. Make an Ed25519 pair that takes the place of the one that signs. Said again until
 * the agent has done so or the rotation ends.
 */
export const signingRotateFrame = z.object({ t: z.literal('signing_rotate'), rotation_id: rotationIdSchema })
export type SigningRotateFrame = z.infer<typeof signingRotateFrame>
