import { z } from 'zod'

/** agent → router. A clean end of the session. */
export const goodbyeFrame = z.object({ t: z.literal('goodbye'), reason: z.string().max(200) })
