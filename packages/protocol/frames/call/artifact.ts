import { z } from 'zod'
import { limits } from '../../limits.ts'
import { callRefSchema } from './call-ref.ts'

/**
 * agent → router. A piece of what did not fit inline, or is no text. All pieces of a call's
 * artifacts go out before its result.
 */
export const artifactFrame = callRefSchema.extend({
  t: z.literal('artifact'),
  /** Shares its counter with `output`, so that one acknowledgement covers both. */
  seq: z.int32().nonnegative(),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  /** What it is, as the tool says. Nobody trusts it. */
  media_type: z.string().regex(/^[\x21-\x7e]{1,127}$/),
  at: z.int(),
  data: z
    .instanceof(Uint8Array)
    .refine(
      (b) => b.length > 0 && b.length <= limits.outputFrameBytes,
      `must be 1 to ${limits.outputFrameBytes} bytes`,
    ),
})
/** Name of the artifact that holds what a stream wrote beyond the inline limit. */
export function overflowName(stream: 'stdout' | 'stderr'): string {
  return `${stream}.log`
}
export type ArtifactFrame = z.infer<typeof artifactFrame>
