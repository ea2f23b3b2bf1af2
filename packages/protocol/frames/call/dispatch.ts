import { z } from 'zod'
import { grantSchema } from '../../grant.ts'
import { digestSchema, projectIdSchema, toolNameSchema } from '../../ids.ts'
import { limits } from '../../limits.ts'
import { bindingSchema } from '../../manifest.ts'
import { riskSchema } from '../../risk.ts'
import { callSecretSchema } from '../../secrets.ts'
import { callRefSchema } from './call-ref.ts'

/**
 * router → agent. Run this. The agent recomputes the digest
 * from its own manifest and these fields before it starts.
 */
export const dispatchFrame = callRefSchema.extend({
  t: z.literal('dispatch'),
  project_id: projectIdSchema,
  workspace: bindingSchema,
  tool: toolNameSchema,
  schema_digest: digestSchema,
  risk: riskSchema,
  policy_version: z.int32().nonnegative(),
  /**
   * True: the router will not give the call out again once it may have started. False: it may, so
   * an agent whose tool must not be repeated refuses the call.
   */
  at_most_once: z.boolean(),
  args: z.record(z.string(), z.unknown()),
  /** Name of the credential file that the call was submitted with; null for none. */
  credentials_ref: z.string().max(255).nullable(),
  /** What `args` hold commitments to. */
  secrets: z.array(callSecretSchema).max(limits.secretsPerCall),
  /** SHA-256 of the call's tuple (grant.ts). */
  digest: digestSchema,
  timeout_ms: z.int().positive().max(limits.toolTimeoutMsMax),
  /** Required for `destructive` and `irreversible`: the agent starts none without it. */
  grant: grantSchema.nullable(),
  request_id: z.string().max(128),
  /** W3C traceparent of the dispatch, or null when tracing is off. */
  traceparent: z.string().max(64).nullable(),
})
export type DispatchFrame = z.infer<typeof dispatchFrame>
