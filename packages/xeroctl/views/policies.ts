import type {
  PendingOutcome,
  Policy,
  PolicyBacktest,
  PolicyChange,
  PolicyDecision,
  PolicyDifference,
  PolicyVersion,
} from '@xerotier/protocol/api/policies.ts'
import { duration } from '@xerotier/protocol/duration.ts'
import { type Detail, rows, type Section } from '../output/detail.ts'
import type { RecordView, View } from '../output/view.ts'
import { shortId } from '../short-id.ts'

export const policyView: View<Policy> = {
  name: (policy) => policy.name,
  columns: [
    { header: 'NAME', value: ({ name }) => name },
    { header: 'WORKSPACE', value: ({ workspace }) => workspace ?? '(whole project)' },
    { header: 'VERSION', value: ({ version }) => version, right: true },
    { header: 'DRAFT', value: ({ draft_version }) => draft_version, right: true, dropOrder: 1 },
    { header: 'CHANGED', value: ({ updated_at }) => ({ time: updated_at }), dropOrder: 2 },
    { header: 'ID', value: ({ id }) => id, wide: true },
  ],
}

export const policyVersionView: View<PolicyVersion> = {
  name: ({ version }) => String(version),
  columns: [
    { header: 'VERSION', value: ({ version }) => version, right: true },
    { header: 'STATE', value: ({ state }) => state },
    { header: 'BY', value: ({ created_by, created_by_name }) => created_by_name ?? created_by },
    { header: 'WHEN', value: ({ created_at }) => ({ time: created_at }) },
    { header: 'RULES', value: ({ document }) => document.rules.length, right: true, dropOrder: 1 },
    { header: 'NOTE', value: ({ note }) => note, shrink: true, dropOrder: 2 },
    { header: 'POLICY VERSION', value: ({ policy_version }) => policy_version, right: true, wide: true },
  ],
}

export const policyVersionRecord: RecordView<PolicyVersion> = {
  name: ({ policy }) => policy,
  detail: (version) => ({
    fields: [
      ['Policy', version.policy],
      ['Workspace', version.workspace],
      ['Version', `${version.version} (${version.state})`],
      ['Note', version.note],
      ['Digest', version.digest],
    ],
    sections: [{ title: 'Document', body: JSON.stringify(version.document, null, 2) }],
  }),
}

export const policyDiffRecord: RecordView<{
  policy: string
  from: number
  to: number
  differences: PolicyDifference[]
}> = {
  name: ({ policy }) => policy,
  detail: ({ policy, from, to, differences }) => ({
    fields: [['Policy', `${policy}, from version ${from} to ${to}`]],
    sections: [differencesSection(differences)],
  }),
}

export function policyChangeRecord(dryRun: boolean): RecordView<PolicyChange> {
  return {
    name: ({ policy }) => policy.name,
    detail: ({ policy, changed, differences, pending }) => ({
      fields: [
        ...(dryRun ? [['Dry run', 'nothing was changed'] as const] : []),
        ['Policy', policy.name],
        ['Workspace', policy.workspace ?? 'all that have no policy of their own'],
        ['Version', changed ? policy.version : `${policy.version} (it says the same already)`],
        ['Draft', policy.draft_version],
      ],
      sections: [
        ...(differences.length === 0 ? [] : [differencesSection(differences)]),
        { title: 'Calls that wait', body: rows(pendingColumns, pending) },
      ],
    }),
  }
}

function differencesSection(differences: readonly PolicyDifference[]): Section {
  const line = (sign: string, value: unknown) => (value === null ? '' : `${sign} ${JSON.stringify(value)}\n`)
  const body = differences.map(({ path, before, after }) => `${path}\n${line('-', before)}${line('+', after)}`)
  return { title: 'Differences', body: body.join('') || 'none' }
}

const pendingColumns = [
  { header: 'APPROVAL', value: ({ approval_id }: PendingOutcome) => shortId(approval_id) },
  { header: 'TOOL', value: ({ tool }: PendingOutcome) => tool },
  { header: 'WORKSPACE', value: ({ workspace }: PendingOutcome) => workspace, dropOrder: 1 },
  { header: 'BECOMES', value: ({ outcome }: PendingOutcome) => outcome.replace('_', ' ') },
  { header: 'BEFORE', value: ({ before }: PendingOutcome) => before, shrink: true, dropOrder: 2 },
  { header: 'AFTER', value: ({ after }: PendingOutcome) => after, shrink: true },
]

type DecidedRule = PolicyDecision['rules'][number]
type DecidedStage = PolicyDecision['stages'][number]

export const policyDecisionRecord: RecordView<PolicyDecision> = {
  name: ({ decision }) => decision,
  detail: (decision) => ({
    fields: [
      ['Decision', decision.decision],
      ['Policy', decision.version === 0 ? decision.policy : `${decision.policy}, version ${decision.version}`],
      ['Risk of the tool', { word: decision.tool_risk }],
      ['Treated as', { word: decision.risk }],
      ...decision.reasons.map((reason) => ['Reason', reason] as const),
      ...(decision.decision === 'ask'
        ? ([
            ['Silence', decision.on_timeout === 'reject' ? 'rejects it' : 'lets it expire'],
            ['Own calls', decision.self_approval ?? 'as the project says'],
            ['A reason', decision.require_reason ? 'is needed to approve' : 'is not needed'],
            ...(decision.require_passkey ? [['A passkey', 'is needed to approve'] as const] : []),
          ] satisfies Detail['fields'])
        : []),
    ],
    sections: [
      { title: 'Rules', body: rows(ruleColumns, decision.rules) },
      { title: 'Windows and freezes', body: rows(windowColumns, decision.windows) },
      { title: 'Stages', body: rows(stageColumns, decision.stages) },
    ],
  }),
}

const ruleColumns = [
  { header: 'RULE', value: ({ name }: DecidedRule) => name },
  { header: 'MATCHED', value: ({ matched }: DecidedRule) => matched },
  { header: 'WHY', value: ({ why }: DecidedRule) => why, shrink: true },
]
const windowColumns = [
  { header: 'NAME', value: ({ name }: PolicyDecision['windows'][number]) => name },
  { header: 'KIND', value: ({ kind }: PolicyDecision['windows'][number]) => kind },
  { header: 'CLOSED', value: ({ closed }: PolicyDecision['windows'][number]) => closed },
]
const stageColumns = [
  { header: 'STAGE', value: ({ name }: DecidedStage) => name || '1' },
  { header: 'WAITS', value: ({ seconds }: DecidedStage) => duration(seconds) },
  { header: 'NEEDS', value: ({ needs }: DecidedStage) => needs.join('; '), shrink: true },
]

type Change = PolicyBacktest['changes'][number]

export const policyBacktestRecord: RecordView<PolicyBacktest> = {
  name: ({ policy }) => policy,
  detail: ({ policy, since, until, calls, truncated, before, after, ...result }) => ({
    fields: [
      ['Policy', policy],
      ['Since', { time: since }],
      ['Until', { time: until }],
      ['Calls', truncated ? `the newest ${calls}; there are more` : calls],
      ['They ran, were asked for, refused', `${before.allow}, ${before.ask}, ${before.refuse}`],
      ['They would have', `${after.allow}, ${after.ask}, ${after.refuse}`],
    ],
    sections: [
      { title: 'Rules', body: rows(countColumns, result.rules) },
      { title: 'Asked first', body: rows(loadColumns, result.load) },
      { title: 'Differences', body: rows(changeColumns, result.changes) },
    ],
  }),
}

const countColumns = [
  { header: 'RULE', value: ({ name }: PolicyBacktest['rules'][number]) => name },
  { header: 'MATCHED', value: ({ matched }: PolicyBacktest['rules'][number]) => matched, right: true },
  { header: 'FAILED', value: ({ failed }: PolicyBacktest['rules'][number]) => failed, right: true },
]
const loadColumns = [
  { header: 'WHO', value: ({ approver }: PolicyBacktest['load'][number]) => approver },
  { header: 'TIMES', value: ({ asked }: PolicyBacktest['load'][number]) => asked, right: true },
]
const changeColumns = [
  { header: 'EXECUTION', value: ({ execution_id }: Change) => shortId(execution_id) },
  { header: 'TOOL', value: ({ tool }: Change) => tool },
  { header: 'BEFORE', value: ({ before }: Change) => before, shrink: true },
  { header: 'AFTER', value: ({ after }: Change) => after, shrink: true },
  { header: 'RULES', value: ({ rules: names }: Change) => names.join(', '), shrink: true, dropOrder: 1 },
]
