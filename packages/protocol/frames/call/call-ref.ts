import { z } from 'zod'
import { uuidSchema } from '../../ids.ts'

/** Names one attempt of one execution. Attempt and lease epoch fence stale answers (law L2). */
export const callRefSchema = z.object({
  execution_id: uuidSchema,
  attempt: z.int32().positive(),
  lease_epoch: z.int32().positive(),
})
export type CallRef = z.infer<typeof callRefSchema>
