import { z } from 'zod'
import { agentIdSchema } from '../../ids.ts'

/** agent → router. Asks for a challenge. Claims an identity and proves nothing yet. */
export const helloFrame = z.object({
  t: z.literal('hello'),
  agent_id: agentIdSchema,
})
