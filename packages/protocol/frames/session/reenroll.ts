import { z } from 'zod'

/** router → agent. The credentials are no longer valid; only a new enrollment helps. */
export const reenrollFrame = z.object({ t: z.literal('reenroll'), reason: z.string().max(200) })
