import type { Approval, Decided } from '@xerotier/protocol/api/approvals.ts'
import type { Cell } from '../output/cell.ts'
import { type Detail, rows } from '../output/detail.ts'
import type { RecordView, View } from '../output/view.ts'
import { shortId } from '../short-id.ts'
import { actorInFull, cameWith } from './actor.ts'
import { argumentsSection } from './arguments.ts'
import { riskInFull } from './risk.ts'

/**
 * How soon these columns go on a narrow terminal. Risk and workspace outlast all else: they say how
 * closely to look. Long names are cut rather than that somebody cannot see by when, or name it.
 */
interface Narrow {
  status: number
  shortStatus(approval: Approval): Cell
  expires: number
  cutBefore: number
}

/** Those that wait: all have the same state, and when they time out is what matters. */
export const waitingView: View<Approval> = viewWith({ status: 2, shortStatus: statusOf, expires: 3, cutBefore: 3 })

/** Those of any state: what became of each is what matters, and of who waits how long yet. */
export const approvalView: View<Approval> = viewWith({
  expires: 2,
  status: 3,
  shortStatus: statusAndTimeout,
  cutBefore: 3,
})

function viewWith(narrow: Narrow): View<Approval> {
  const cut = { to: 15, before: narrow.cutBefore }
  return {
    name: (approval) => approval.id,
    columns: [
      { header: 'ID', value: (approval) => approval.id, short: (approval) => shortId(approval.id), dropOrder: 4 },
      { header: 'STATUS', value: statusOf, short: narrow.shortStatus, dropOrder: narrow.status },
      { header: 'RISK', value: (approval) => ({ word: approval.risk }), dropOrder: 6 },
      { header: 'TOOL', value: (approval) => approval.tool, cut },
      { header: 'WORKSPACE', value: (approval) => approval.workspace, cut, dropOrder: 5 },
      { header: 'CREATED', value: (approval) => ({ time: approval.requested_at }), dropOrder: 1 },
      {
        header: 'EXPIRES',
        value: (approval) => ({ due: timeoutOf(approval) }),
        shortHeader: 'LEFT',
        short: (approval) => ({ left: timeoutOf(approval) }),
        dropOrder: narrow.expires,
      },
      { header: 'REQUESTED BY', value: (approval) => approval.requested_by_name ?? approval.requested_by, wide: true },
      { header: 'PROMPT', value: (approval) => approval.prompt, wide: true, shrink: true },
    ],
  }
}

/** What became of several that were decided at once. */
export const decidedView: View<Decided['results'][number]> = {
  name: ({ id }) => id,
  columns: [
    { header: 'ID', value: ({ id }) => id, short: ({ id }) => shortId(id) },
    { header: 'STATUS', value: ({ approval }) => ({ word: approval?.state ?? 'not decided' }) },
    { header: 'TOOL', value: ({ approval }) => approval?.tool ?? null, dropOrder: 2 },
    { header: 'WORKSPACE', value: ({ approval }) => approval?.workspace ?? null, dropOrder: 1 },
    {
      header: 'WHY',
      value: ({ approval, error }) =>
        error === null ? (approval?.needs ?? []).map((need) => `still needed: ${need}`).join('; ') : error.message,
      shrink: true,
    },
  ],
}

export const approvalRecord: RecordView<Approval> = {
  name: (approval) => approval.id,
  detail: (approval) => ({
    fields: [
      ['Id', approval.id],
      ['Status', { word: approval.state }],
      ['Prompt', approval.prompt],
      ['Tool', approval.tool],
      ['Risk', riskInFull(approval.risk, approval.tool_risk)],
      ['Workspace', `${approval.workspace} (${approval.workspace_id})`],
      ['Execution', approval.execution_id],
      ['Requested by', actorInFull(approval.requested_by, approval.requested_by_name)],
      ['Requested with', cameWith(approval.requested_by, approval.requested_key, approval.requested_door)],
      ['Requested', { time: approval.requested_at }],
      ['Reason', approval.reason],
      ['Times out', { due: timeoutOf(approval) }],
      ['To approve, type', approval.state === 'pending' ? approval.confirm : null],
      ['Decided by', actorInFull(approval.decided_by, approval.decided_by_name)],
      ['Decided with', cameWith(approval.decided_by, approval.decided_key, approval.decided_door)],
      ['Decided', { time: approval.decided_at }],
      ['Note', approval.note],
      ...whereItWouldRun(approval),
      ['Credentials', approval.credentials_ref],
      ...policyOf(approval),
      // Whole, however narrow the terminal: it is there to be read.
      ...approval.recommendations.map(({ by, by_name, recommendation, note }): Detail['fields'][number] => [
        'Recommended',
        `${recommendation}, by ${by_name ?? by}, which is no vote: ${note}`,
      ]),
      ['Digest', approval.digest],
    ],
    sections: [argumentsSection(approval.args), { title: 'Votes', body: rows(voteColumns, approval.votes) }],
  }),
}

/** Of what is over it says nothing any more. */
function whereItWouldRun({ state, agents }: Approval): Detail['fields'] {
  if (state !== 'pending' && state !== 'approved') return []
  return [['Could run on', agents.map(({ name }) => name).join(', ') || 'no agent that is online']]
}

/** By what it is decided, how far it has come, and who is still needed. */
function policyOf({ asked, needs, state, policy_version, ...approval }: Approval): Detail['fields'] {
  const { policy, version, rules, stage, stages, stage_name } = asked
  const fields: Detail['fields'][number][] = [
    ['Policy', version === 0 ? `${policy} (${policy_version})` : `${policy}, version ${version} (${policy_version})`],
  ]
  for (const { name, error } of rules) fields.push(['Rule', error === null ? name : `${name}, which failed: ${error}`])
  if (asked.closed.length > 0) fields.push(['Closed', asked.closed.join(', ')])
  if (state === 'pending') {
    fields.push(['Stage', `${stage + 1} of ${stages}${stage_name === '' ? '' : `: ${stage_name}`}`])
    for (const need of needs) fields.push(['Still needed', need])
    if (stages > 1) fields.push(['Next stage', { due: asked.stage_ends_at }])
    if (asked.require_passkey) fields.push(['To approve', 'with a passkey, at the dashboard'])
    if (asked.require_reason) fields.push(['To approve, say', 'why, with --note'])
  }
  if (approval.runs_at !== null) fields.push(['Runs', { due: approval.runs_at }])
  if (approval.review_due_at !== null && approval.reviewed_at === null)
    fields.push(['Review', { due: approval.review_due_at }])
  if (approval.reviewed_at !== null) {
    const reviewer = actorInFull(approval.reviewed_by, approval.reviewed_by_name)
    fields.push(
      ['Reviewed by', reviewer],
      ['Reviewed', { time: approval.reviewed_at }],
      ['Found', approval.review_note],
    )
  }
  return fields
}

type Vote = Approval['votes'][number]

export const voteColumns = [
  { header: 'VOTE', value: ({ vote }: Vote) => vote.replace('_', ' ') },
  { header: 'BY', value: ({ by, by_name }: Vote) => by_name ?? by },
  { header: 'STAGE', value: ({ stage }: Vote) => stage + 1, right: true },
  { header: 'WHEN', value: ({ at }: Vote) => ({ time: at }) },
  { header: 'NOTE', value: ({ note }: Vote) => note, shrink: true },
  {
    header: 'WITH',
    value: ({ by, key, door, passkey }: Vote) => {
      const came = cameWith(by, key, door)
      return passkey === null ? came : `${came}, confirmed with passkey ${passkey.name}`
    },
    dropOrder: 1,
  },
]

function statusOf({ state }: Approval): Cell {
  return { word: state }
}

/** `pending 14m` in one column. */
function statusAndTimeout(approval: Approval): Cell {
  return { word: approval.state, until: timeoutOf(approval) }
}

/** What is decided times out no more. */
function timeoutOf({ state, expires_at }: Approval): string | null {
  return state === 'pending' ? expires_at : null
}
