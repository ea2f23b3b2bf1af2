import { z } from 'zod'
import { callRefSchema } from './call-ref.ts'

/** router → agent. Kill the call's process group; its result comes as usual. */
export const cancelFrame = callRefSchema.extend({ t: z.literal('cancel') })
