import { z } from 'zod'
import { limits } from '../../limits.ts'

/**
 * `conflict`: the agent saw the log up to another size than `old_size`; the router proves from that
 * one. The others say that the router is not to be believed: the log became shorter, its history is
 * another, or it is signed by another key than before.
 */
export const checkpointRefusals = ['conflict', 'rollback', 'fork', 'signature'] as const
export type CheckpointRefusal = (typeof checkpointRefusals)[number]

/** agent → router. It signs nothing. */
export const checkpointRefusedFrame = z.object({
  t: z.literal('checkpoint_refused'),
  reason: z.enum(checkpointRefusals),
  /** Of the checkpoint. */
  size: z.int().nonnegative(),
  /** Up to where the agent has seen the log. */
  held_size: z.int().nonnegative(),
  /** The checkpoint that it saw last; null for none. */
  held: z.string().max(limits.checkpointNote).nullable(),
})
export type CheckpointRefusedFrame = z.infer<typeof checkpointRefusedFrame>
