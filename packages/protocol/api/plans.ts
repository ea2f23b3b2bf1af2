// What would become of a call, without making it.
import { z } from 'zod'
import { toolDescriptorSchema } from '../manifest.ts'
import { riskSchema } from '../risk.ts'

/** Why an agent that serves the workspace would not take the call now. */
export const hindrances = ['paused', 'draining', 'full', 'resting', 'other_version'] as const

export const planSchema = z.object({
  object: z.literal('plan'),
  workspace_id: z.string(),
  workspace: z.string(),
  tool: z.string(),
  risk: riskSchema,
  /** As the record would hold them. */
  args: z.record(z.string(), z.unknown()),
  input_schema: toolDescriptorSchema.shape.input_schema,
  schema_digest: z.string(),
  timeout_ms: z.int(),
  /** Whether it would never be started twice, whatever happens. */
  at_most_once: z.boolean(),
  decision: z.enum(['run', 'ask', 'refuse']),
  /** The policy that says so, and its rules that match. */
  policy: z.string(),
  policy_version: z.int(),
  rules: z.array(z.string()),
  /** Why it would be refused. */
  refusals: z.array(z.string()),
  /** Whom it would ask, and for how long. Null for a call that runs without. */
  approval: z
    .object({
      /** As which it would be treated. */
      risk: riskSchema,
      /** Over all stages. */
      timeout_seconds: z.int(),
      /** Whoever has a key with this scope may decide. */
      scope: z.literal('execution'),
      /** Whether the key that would submit the call may decide it, too. */
      requester_may_decide: z.boolean(),
      /** Who would have to approve in the first stage, each in words. */
      needs: z.array(z.string()),
    })
    .nullable(),
  /**
   * Online agents that serve the workspace and offer the tool; those that would take it come first.
   */
  agents: z.array(
    z.object({
      agent_id: z.string(),
      agent: z.string(),
      in_flight: z.int(),
      max_concurrent: z.int(),
      hindrance: z.enum(hindrances).nullable(),
    }),
  ),
})
export type Plan = z.infer<typeof planSchema>
export type Hindrance = (typeof hindrances)[number]
