import { z } from 'zod'
import { limits } from '../../limits.ts'
import { bindingSchema } from '../../manifest.ts'
import { callRefSchema } from '../call/call-ref.ts'
import { pauseSchema } from './pause.ts'

/** router → agent. The session begins, with its lease. */
export const welcomeFrame = z.object({
  t: z.literal('welcome'),
  session: z.string().min(16).max(64),
  lease_epoch: z.int32().positive(),
  lease_ttl_ms: z.int().positive(),
  bindings: z.array(bindingSchema).max(limits.workspacesPerManifest),
  paused: z.array(pauseSchema),
  /**
   * In-flight calls of the proof that the router holds
   * settled or given away: stop them, drop their results.
   */
  forget: z.array(callRefSchema),
  /** How far the agent's clock is ahead of the router's, where the agent said what it shows. */
  clock_offset_ms: z.int().optional(),
  /** What the router knows beyond the first text of its version (`routerFeatures`). */
  features: z.array(z.string().max(32)).max(16).optional(),
})
