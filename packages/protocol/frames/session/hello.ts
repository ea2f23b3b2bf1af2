import { z } from 'zod'
import { agentIdSchema } from '../../ids.ts'
import { wireVersionsSchema } from '../../wire-versions.ts'

/**
 * agent → router. Asks for a challenge. Claims an identity and proves nothing yet. The same in
 * every version.
 */
export const helloFrame = z.object({
  t: z.literal('hello'),
  agent_id: agentIdSchema,
  /** Which it speaks. Left out in version 2: that of the message alone. */
  versions: wireVersionsSchema.optional(),
})
