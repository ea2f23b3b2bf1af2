import { z } from 'zod'
import { rotationIdSchema } from '../../ids.ts'

/** router → agent. The new key counts from now on, beside the old one: begin a session with it. */
export const rotationAcceptedFrame = z.object({ t: z.literal('rotation_accepted'), rotation_id: rotationIdSchema })
