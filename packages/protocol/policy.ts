// The document of an approval policy, as operators write it in YAML or JSON. Its JSON Schema is
// published, so that editors complete it.
import { z } from 'zod'
import { nameSchema, noteSchema, textSchema } from './ids.ts'
import { limits } from './limits.ts'
import { riskSchema } from './risk.ts'
import { selfApprovalModes } from './self-approval.ts'

/** How long somebody is waited for: 10 s to 30 days. */
const secondsSchema = z.int().min(10).max(limits.approvalSecondsMax)
const wordSchema = textSchema(120).min(1)
const wordsSchema = z.array(wordSchema).min(1).max(50)

/** Who may fill a place: whoever is in one of these lists. */
const approverListsSchema = z
  .strictObject({
    users: wordsSchema.optional().describe('E-mail addresses.'),
    groups: wordsSchema.optional().describe('Groups of the project.'),
    roles: z
      .array(z.enum(['owner', 'member']))
      .min(1)
      .optional()
      .describe('Roles in the project.'),
    service_keys: wordsSchema.optional().describe('Service keys, by name or id: programs that decide by themselves.'),
  })
  .refine((lists) => Object.values(lists).some((list) => list !== undefined), 'must name somebody')

export const approversSchema = z
  .union([z.literal('anyone'), approverListsSchema])
  .describe('`anyone`: any key or person that may decide approvals; or who exactly.')
export type Approvers = z.infer<typeof approversSchema>

const quorumSchema = z
  .union([z.int().min(1).max(20), z.literal('each_group')])
  .describe('How many different approvers; `each_group`: one of each group that is named.')
export type Quorum = z.infer<typeof quorumSchema>

const stageSchema = z.strictObject({
  name: wordSchema.optional(),
  approvers: approversSchema.describe('Who may decide from here on, beside those of the stages before.'),
  quorum: quorumSchema.optional().describe('The quorum of the policy when it is not given.'),
  seconds: secondsSchema
    .optional()
    .describe('How long this stage waits. The timeout of the risk when it is not given.'),
  tell: approversSchema.optional().describe('Who is told when it begins. The approvers when it is not given.'),
})

const onTimeoutSchema = z
  .enum(['escalate', 'reject'])
  .describe(
    'What silence in the last stage does: `escalate` asks the owners of the project, and expires when they are silent too; ' +
      '`reject` rejects. Silence never approves.',
  )

const expressionSchema = textSchema(limits.policyExpressionCharacters)
  .min(1)
  .describe('CEL over `project workspace tool risk args requester agent time labels`; must be true or false.')

const thenSchema = z
  .strictObject({
    risk: riskSchema.optional().describe('Treats the call as one of this risk, when its own is lower.'),
    approvers: approversSchema.optional().describe('Asks these too.'),
    quorum: quorumSchema
      .optional()
      .describe('How many of `approvers`; without them, how many of those who are asked anyway.'),
    require_reason: z.boolean().optional().describe('Whoever approves has to say why.'),
    require_passkey: z.boolean().optional().describe('Whoever approves confirms it with a passkey, at the dashboard.'),
    refuse: textSchema(500).min(1).optional().describe('Refuses the call. The requester reads this.'),
  })
  .refine((then) => Object.values(then).some((value) => value !== undefined), 'must say what to do')

const ruleSchema = z.strictObject({ name: wordSchema, when: expressionSchema, then: thenSchema })
export type PolicyRule = z.infer<typeof ruleSchema>

/** Wall-clock time without an offset: the time zone is named beside it. */
const localTimeSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/, 'must be a local time, as 2026-12-24T18:00')

const timesSchema = z.union([
  z.strictObject({
    cron: textSchema(120).min(1).describe('When it begins: minute, hour, day of month, month, day of week.'),
    seconds: z
      .int()
      .min(60)
      .max(366 * 86_400)
      .describe('How long it lasts, in real time also when the clocks change.'),
  }),
  z.strictObject({ from: localTimeSchema, until: localTimeSchema }),
])
export type WindowTimes = z.infer<typeof timesSchema>

const closedSchema = z
  .enum(['ask', 'refuse', 'wait'])
  .describe('What becomes of a call then: asked for, refused, or asked for and run once it is open again.')

const spanSchema = {
  name: wordSchema,
  time_zone: textSchema(64).min(1).describe('IANA name, as Europe/Berlin.'),
  times: z.array(timesSchema).min(1).max(50),
  risks: z.array(riskSchema).min(1).default(['write', 'destructive', 'irreversible']),
  when: expressionSchema.optional().describe('For these calls only.'),
}
const windowSchema = z.strictObject({ ...spanSchema, outside: closedSchema })
const freezeSchema = z.strictObject({ ...spanSchema, inside: closedSchema })
export type PolicyWindow = z.infer<typeof windowSchema>
export type PolicyFreeze = z.infer<typeof freezeSchema>

const breakGlassSchema = z
  .strictObject({
    review_within_seconds: z
      .int()
      .min(60)
      .max(90 * 86_400)
      .default(7 * 86_400),
  })
  .describe('Lets an owner run a call at once, with a reason and a review that is due afterwards.')

const approversOfRiskSchema = z.strictObject({ approvers: approversSchema, quorum: quorumSchema.optional() })

export const policyDocumentSchema = z.strictObject({
  description: textSchema(500).optional(),
  timeout_seconds_destructive: secondsSchema.default(900),
  timeout_seconds_irreversible: secondsSchema.default(3600),
  on_timeout_destructive: onTimeoutSchema.default('escalate'),
  on_timeout_irreversible: onTimeoutSchema.default('escalate'),
  stages: z
    .array(stageSchema)
    .max(10)
    .default([])
    .describe(
      'Asked one after the other, while nobody decides. Without any, anyone who may decide approvals is asked.',
    ),
  quorum: quorumSchema.default(1),
  approvers_destructive: approversOfRiskSchema
    .optional()
    .describe('Those of the stages must be among these for this risk.'),
  approvers_irreversible: approversOfRiskSchema
    .optional()
    .describe('Those of the stages must be among these for this risk.'),
  require_reason: z.boolean().default(false).describe('Whoever approves has to say why.'),
  require_passkey: z
    .boolean()
    .default(false)
    .describe('Whoever approves confirms it with a passkey, at the dashboard.'),
  self_approval: z.enum(selfApprovalModes).default('service_keys').describe('Who may approve what they asked for.'),
  one_reject_ends: z
    .boolean()
    .default(true)
    .describe('If false, a call is rejected when its places cannot be filled any more.'),
  rules: z.array(ruleSchema).max(limits.policyRules).default([]),
  windows: z.array(windowSchema).max(50).default([]).describe('Times in which calls may run.'),
  freezes: z.array(freezeSchema).max(50).default([]).describe('Times in which they may not.'),
  break_glass: breakGlassSchema.optional(),
})
export type PolicyDocument = z.infer<typeof policyDocumentSchema>

/** As it is written: with what has a default left out. */
export type PolicyInput = z.input<typeof policyDocumentSchema>

/** A policy as a file: what it is called and where it decides, beside the document. */
const policyFileSchema = policyDocumentSchema.extend({
  name: nameSchema,
  workspace: textSchema(64).nullish().describe('Name or id; without one it is for the whole project.'),
  version: z.int().min(0).optional().describe('The newest version that was seen when the file was written.'),
  note: noteSchema(limits.noteCharacters).describe('Kept with the version.'),
})

/** By which editors complete such files. */
export function policyFileJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(policyFileSchema, { io: 'input' })
}
