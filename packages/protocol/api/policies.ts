import { z } from 'zod'
import { noteSchema, referenceSchema, toolNameSchema } from '../ids.ts'
import { limits } from '../limits.ts'
import { policyDocumentSchema } from '../policy.ts'
import { riskSchema } from '../risk.ts'
import { selfApprovalModes } from '../self-approval.ts'
import { actorNameSchema } from './actor.ts'
import { pageQuerySchema, timestampSchema } from './page.ts'

export const policyQuerySchema = pageQuerySchema

export const policySchema = z.object({
  id: z.string(),
  object: z.literal('approval_policy'),
  name: z.string(),
  /** Null: for the workspaces of the project that have none of their own. */
  workspace_id: z.string().nullable(),
  workspace: z.string().nullable(),
  /** The one that decides now; null while there is only a draft. */
  version: z.int().nullable(),
  /** The draft that is evaluated beside it. */
  draft_version: z.int().nullable(),
  /** The last that was applied, as a draft or not: what `If-Match` compares. */
  newest_version: z.int(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
})
export type Policy = z.infer<typeof policySchema>

export const policyVersionSchema = z.object({
  object: z.literal('approval_policy_version'),
  policy: z.string(),
  workspace: z.string().nullable(),
  version: z.int(),
  state: z.enum(['active', 'draft', 'past']),
  /** What calls have as their `policy_version`. */
  policy_version: z.int(),
  document: policyDocumentSchema,
  digest: z.string(),
  note: z.string().nullable(),
  created_by: z.string(),
  created_by_name: actorNameSchema,
  created_at: timestampSchema,
})
export type PolicyVersion = z.infer<typeof policyVersionSchema>

export const policyVersionParamSchema = z.coerce.number().int().min(1)

export const policyVersionQuerySchema = z.object({
  limit: pageQuerySchema.shape.limit,
  after: policyVersionParamSchema.optional(),
})

export const policyApplySchema = z.strictObject({
  /** Name or id; null, or left out, for the whole project. What there is keeps its own. */
  workspace: referenceSchema.nullish(),
  document: policyDocumentSchema,
  note: noteSchema(limits.noteCharacters),
  /** Stores it beside the one that decides, to be compared with it. */
  draft: z.boolean().default(false),
  /** Says what would change, and changes nothing. */
  dry_run: z.boolean().default(false),
})

const differenceSchema = z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })
export type PolicyDifference = z.infer<typeof differenceSchema>

export const policyDiffQuerySchema = z.object({
  from: policyVersionParamSchema,
  /** Default: the one that decides, or decided last where the policy was deleted. */
  to: policyVersionParamSchema.optional(),
})

export const policyDiffSchema = z.object({
  object: z.literal('approval_policy_diff'),
  policy: z.string(),
  from: z.int(),
  to: z.int(),
  differences: z.array(differenceSchema),
})

/** What becomes of an approval that waits when the policy is another. */
const pendingOutcomeSchema = z.object({
  approval_id: z.string(),
  execution_id: z.string(),
  workspace: z.string(),
  tool: z.string(),
  /** `stands`: it would be granted the same way. What was approved and waits is asked again too. */
  outcome: z.enum(['stands', 'asked_again', 'refused']),
  before: z.string(),
  after: z.string(),
})
export type PendingOutcome = z.infer<typeof pendingOutcomeSchema>

export const policyChangeSchema = z.object({
  object: z.literal('approval_policy_change'),
  policy: policySchema,
  /** False where the document is that of the version before. */
  changed: z.boolean(),
  differences: z.array(differenceSchema),
  pending: z.array(pendingOutcomeSchema),
})
export type PolicyChange = z.infer<typeof policyChangeSchema>

/** What is written, whatever it is: it may be half done. */
export const policyCheckSchema = z.strictObject({ document: z.record(z.string(), z.unknown()) })

const policyProblemSchema = z.object({
  /** As `rules.0.when`; empty for the document. */
  path: z.string(),
  message: z.string(),
  /** Characters of an expression that it is about, `to` not included; null for all of it. */
  from: z.int().nullable(),
  to: z.int().nullable(),
})
export type PolicyProblem = z.infer<typeof policyProblemSchema>

export const policyCheckResultSchema = z.object({
  object: z.literal('approval_policy_check'),
  valid: z.boolean(),
  problems: z.array(policyProblemSchema),
})
export type PolicyCheck = z.infer<typeof policyCheckResultSchema>

/** Of which expressions consist. */
export const policyWordsSchema = z.object({
  object: z.literal('approval_policy_words'),
  variables: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      members: z.array(z.object({ name: z.string(), type: z.string() })),
    }),
  ),
  functions: z.array(
    z.object({
      name: z.string(),
      /** What it is called on; null for one that stands alone. */
      of: z.string().nullable(),
      gives: z.string(),
      example: z.string(),
    }),
  ),
})
export type PolicyWords = z.infer<typeof policyWordsSchema>

const policyTestSubject = {
  /** A policy of the project by name, or a document; neither: the one that decides now. */
  policy: referenceSchema.optional(),
  /** Of that policy; the draft, or else the one that decides, when it is not given. */
  version: z.int().min(1).optional(),
  document: policyDocumentSchema.optional(),
}

export const policyTestSchema = z.strictObject({
  ...policyTestSubject,
  workspace: referenceSchema,
  tool: toolNameSchema,
  args: z.record(z.string(), z.unknown()).default({}),
  /** That of the tool, where an online agent offers it, when it is not given. */
  risk: riskSchema.optional(),
  /** E-mail of a person, or name or id of a key; who asks for the test when it is not given. */
  requester: referenceSchema.optional(),
  /** Now when it is not given. */
  at: timestampSchema.optional(),
})

const askedStageSchema = z.object({
  name: z.string(),
  /** Each filled by another person, in words. */
  needs: z.array(z.string()),
  seconds: z.int(),
  tell: z.array(z.string()),
})

export const policyDecisionSchema = z.object({
  object: z.literal('approval_policy_decision'),
  policy: z.string(),
  version: z.int(),
  decision: z.enum(['allow', 'ask', 'refuse']),
  tool_risk: riskSchema,
  risk: riskSchema,
  reasons: z.array(z.string()),
  rules: z.array(
    z.object({
      name: z.string(),
      when: z.string(),
      matched: z.boolean(),
      /** What was false, what failed, or what it did. */
      why: z.string(),
    }),
  ),
  windows: z.array(z.object({ name: z.string(), kind: z.enum(['window', 'freeze']), closed: z.boolean() })),
  stages: z.array(askedStageSchema),
  on_timeout: z.enum(['expire', 'reject']).nullable(),
  require_reason: z.boolean(),
  require_passkey: z.boolean(),
  self_approval: z.enum(selfApprovalModes).nullable(),
})
export type PolicyDecision = z.infer<typeof policyDecisionSchema>

export const policyBacktestSchema = z.strictObject({
  ...policyTestSubject,
  /** The workspaces that the policy is for when it is not given. */
  workspace: referenceSchema.optional(),
  since: timestampSchema,
  until: timestampSchema.optional(),
})

const countsSchema = z.object({ allow: z.int(), ask: z.int(), refuse: z.int() })

export const policyBacktestResultSchema = z.object({
  object: z.literal('approval_policy_backtest'),
  policy: z.string(),
  since: timestampSchema,
  until: timestampSchema,
  calls: z.int(),
  /** Whether there were more, which are older. */
  truncated: z.boolean(),
  before: countsSchema,
  after: countsSchema,
  changes: z.array(
    z.object({
      execution_id: z.string(),
      at: timestampSchema,
      workspace: z.string(),
      tool: z.string(),
      before: z.string(),
      after: z.string(),
      rules: z.array(z.string()),
    }),
  ),
  rules: z.array(z.object({ name: z.string(), matched: z.int(), failed: z.int() })),
  /** How often each would be asked in the first stage. */
  load: z.array(z.object({ approver: z.string(), asked: z.int() })),
})
export type PolicyBacktest = z.infer<typeof policyBacktestResultSchema>
