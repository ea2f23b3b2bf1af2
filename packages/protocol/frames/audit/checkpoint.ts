import { z } from 'zod'
import { limits } from '../../limits.ts'

const bytesOf = (length: number) =>
  z.instanceof(Uint8Array).refine((bytes) => bytes.length === length, `must be ${length} bytes`)

/**
 * router → agent that cosigns. A checkpoint of the audit log of its project, and the proof that the
 * log goes on from where the agent saw it last.
 */
export const checkpointFrame = z.object({
  t: z.literal('checkpoint'),
  /** A signed note. */
  note: z.string().max(limits.checkpointNote),
  /** The raw Ed25519 key of the log. */
  log_key: bytesOf(32),
  /** Up to where the router takes the agent to have seen the log; 0 for nothing. */
  old_size: z.int().nonnegative(),
  /** Consistency of the two sizes, by RFC 6962. */
  proof: z.array(bytesOf(32)).max(limits.consistencyHashes),
})
export type CheckpointFrame = z.infer<typeof checkpointFrame>
