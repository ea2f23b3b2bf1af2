import type { Execution, ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { milliseconds } from '@xerotier/protocol/duration.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { Cell } from '../output/cell.ts'
import { type Detail, ending, rows, type Section } from '../output/detail.ts'
import type { Column } from '../output/table.ts'
import type { RecordView, View } from '../output/view.ts'
import { shortId } from '../short-id.ts'
import { actorInFull, cameWith } from './actor.ts'
import { voteColumns } from './approvals.ts'
import { argumentsSection } from './arguments.ts'
import { artifactColumns } from './artifacts.ts'
import { riskInFull } from './risk.ts'

type Transition = ExecutionDetail['transitions'][number]
type Decision = ExecutionDetail['approvals'][number]
type Attempt = ExecutionDetail['attempts'][number]
type Retry = ExecutionDetail['retries'][number]

/** Rather than the id goes, by which commands take a call. */
const nameCut = { to: 15, before: 4 }

export const executionView: View<Execution> = {
  name: (execution) => execution.id,
  columns: [
    { header: 'ID', value: (execution) => execution.id, short: (execution) => shortId(execution.id), dropOrder: 4 },
    { header: 'STATUS', value: (execution) => ({ word: execution.state }), short: ({ state }) => shortState(state) },
    { header: 'TOOL', value: (execution) => execution.tool, cut: nameCut },
    { header: 'RISK', value: (execution) => ({ word: treatedAs(execution) }), dropOrder: 6 },
    { header: 'WORKSPACE', value: (execution) => execution.workspace, cut: nameCut, dropOrder: 5 },
    { header: 'AGENT', value: (execution) => execution.agent, dropOrder: 2 },
    {
      header: 'DURATION',
      value: (execution) => (execution.duration_ms === null ? null : milliseconds(execution.duration_ms)),
      right: true,
      dropOrder: 1,
    },
    { header: 'CREATED', value: (execution) => ({ time: execution.created_at }), dropOrder: 3 },
    { header: 'EXIT', value: (execution) => execution.exit_code, wide: true, right: true },
    { header: 'REQUESTED BY', value: (execution) => execution.requested_by_name ?? execution.requested_by, wide: true },
    { header: 'REASON', value: (execution) => execution.reason, wide: true, shrink: true },
  ],
}

/** A router older than the field leaves it out. */
function treatedAs({ effective_risk, risk }: Execution): Risk {
  return (effective_risk as Risk | undefined) ?? risk
}

/** Of calls only one state is of something pending; `exec list --status` takes both words. */
function shortState(state: Execution['state']): Cell {
  return state === 'pending_approval' ? { word: state, text: pendingWord } : { word: state }
}

export const pendingWord = 'pending'

export const executionRecord: RecordView<Execution> = {
  name: executionView.name,
  detail: (execution) => ({ fields: fieldsOf(execution), sections: sectionsOf(execution) }),
}

export const executionDetail: RecordView<ExecutionDetail> = {
  name: executionView.name,
  detail: (execution) => ({
    fields: fieldsOf(execution, progressOf(execution)),
    sections: [
      { title: 'Transitions', body: rows(transitionColumns, execution.transitions) },
      { title: 'Approvals', body: rows(decisionColumns, execution.approvals) },
      ...votesSection(execution),
      ...listed('Attempts', attemptColumns, execution.attempts),
      ...listed('Retries', retryColumns, execution.retries),
      ...sectionsOf(execution),
      ...outputSection('Output', execution.stdout),
      ...outputSection('Error output', execution.stderr),
      ...listed('Artifacts', artifactColumns, execution.artifacts),
      ...(execution.resolution === null ? [] : textSection('Resolution', resolutionOf(execution.resolution))),
    ],
  }),
}

function fieldsOf(execution: Execution, progress: Detail['fields'] = []): Detail['fields'] {
  const { exit_code, signal, error, duration_ms } = execution
  return [
    ['Id', execution.id],
    ['Status', { word: execution.state }],
    ...progress,
    ['Tool', execution.tool],
    ['Risk', riskInFull(treatedAs(execution), execution.risk)],
    ['Workspace', `${execution.workspace} (${execution.workspace_id})`],
    ['Agent', execution.agent === null ? null : `${execution.agent} (${execution.agent_id})`],
    ['Attempt', execution.attempt],
    ['Reason', execution.reason],
    ['Requested by', actorInFull(execution.requested_by, execution.requested_by_name)],
    ['Requested with', cameWith(execution.requested_by, execution.requested_key, execution.requested_door)],
    ['Approval', execution.approval_id],
    ...(execution.retry_of ? [['Retry of', execution.retry_of] as const] : []),
    ['Created', { time: execution.created_at }],
    ['Dispatched', { time: execution.dispatched_at }],
    ['Started', { time: execution.started_at }],
    ['Finished', { time: execution.finished_at }],
    ['Duration', duration_ms === null ? null : milliseconds(duration_ms)],
    ['Exit code', signal === null ? exit_code : `${exit_code ?? ''} signal ${signal}`.trim()],
    ['Error', error === null ? null : `${error.message} (${error.code})`],
    ['Output', `${execution.stdout_bytes} B stdout, ${execution.stderr_bytes} B stderr${outputNote(execution)}`],
    ['Timeout', milliseconds(execution.timeout_ms)],
    ['Digest', execution.digest],
    ['Request id', execution.request_id],
    ['Trace id', execution.trace_id],
    ...tracePage(execution),
  ]
}

function outputNote({ truncated, output_removed }: Execution & Partial<ExecutionDetail>): string {
  return `${truncated ? ', truncated' : ''}${output_removed === true ? ', removed when its time was over' : ''}`
}

function tracePage({ trace_url: page }: Partial<ExecutionDetail>): Detail['fields'] {
  return page ? [['Trace', page]] : []
}

/** A table of what there is. A router older than the field leaves it out. */
function listed<Row>(title: string, columns: readonly Column<Row>[], list: readonly Row[] | undefined): Section[] {
  return list === undefined || list.length === 0 ? [] : [{ title, body: rows(columns, list) }]
}

/** Who said what, in every approval of the call. */
function votesSection({ approvals }: ExecutionDetail): Section[] {
  const votes = approvals.flatMap(({ id, votes: own }) => own.map((vote) => ({ ...vote, approval: id })))
  return listed('Votes', voteColumns, votes)
}

/** What is to be said of some calls only. A router older than these fields leaves them out. */
function progressOf(execution: Partial<ExecutionDetail>): Detail['fields'] {
  const { waiting_for: reason, queue_deadline: until, cancel_requested: cancel, legal_hold: hold } = execution
  return [
    ...(reason ? [['Waits for', reason] as const] : []),
    ...(until ? [['Waits until', { due: until }] as const] : []),
    ...(hold ? [['Held', `since ${hold.placed_at}: ${hold.reason} (${hold.id})`] as const] : []),
    ...(cancel ? [['Cancel asked', `${cancel.at} by ${actorInFull(cancel.by, cancel.by_name)}`] as const] : []),
  ]
}

function sectionsOf(execution: Execution): Section[] {
  const result =
    execution.result === null || execution.result === undefined ? '' : JSON.stringify(execution.result, null, 2)
  return [argumentsSection(execution.args), ...textSection('Result', result)]
}

function resolutionOf({ at, by, by_name, note }: NonNullable<ExecutionDetail['resolution']>): string {
  return `${at} by ${actorInFull(by, by_name)}: ${note}`
}

/** Up to 1 MiB. */
function outputSection(title: string, body: string): Section[] {
  return body === '' ? [] : [{ title, body: ending(body) }]
}

function textSection(title: string, body: string): Section[] {
  return body === '' ? [] : [{ title, body }]
}

const transitionColumns = [
  { header: 'AT', value: (transition: Transition) => transition.at },
  { header: 'STATUS', value: (transition: Transition) => ({ word: transition.state }) },
  { header: 'BY', value: (transition: Transition) => transition.actor_name ?? transition.actor, dropOrder: 1 },
  {
    header: 'DETAIL',
    value: (transition: Transition) =>
      Object.keys(transition.detail).length === 0 ? null : JSON.stringify(transition.detail),
    shrink: true,
  },
]

/** By which policy and rules, in which stage, and who is still needed. */
function askedText({ asked, votes, needs, state }: Decision): string {
  const { policy, version, rules: names, stage, stages } = asked
  const by = [version === 0 ? policy : `${policy} v${version}`, ...names.map(({ name }) => name)].join(': ')
  if (state !== 'pending') return `${by}, ${votes.length} votes`
  return `${by}, stage ${stage + 1} of ${stages}, ${votes.length} votes, needs ${needs.join('; ')}`
}

const decisionColumns = [
  {
    header: 'ID',
    value: (decision: Decision) => decision.id,
    short: (decision: Decision) => shortId(decision.id),
    dropOrder: 2,
  },
  { header: 'STATUS', value: (decision: Decision) => ({ word: decision.state }) },
  { header: 'BY', value: (decision: Decision) => decision.decided_by_name ?? decision.decided_by },
  { header: 'AT', value: (decision: Decision) => decision.decided_at, dropOrder: 1 },
  { header: 'NOTE', value: (decision: Decision) => decision.note, shrink: true },
  {
    header: 'WITH',
    value: ({ decided_by, decided_key, decided_door }: Decision) => cameWith(decided_by, decided_key, decided_door),
    dropOrder: 3,
  },
  { header: 'ASKED BY', value: askedText, shrink: true },
]

const attemptColumns = [
  { header: 'ATTEMPT', value: (attempt: Attempt) => attempt.attempt, right: true },
  { header: 'AGENT', value: (attempt: Attempt) => attempt.agent ?? attempt.agent_id },
  { header: 'VERSION', value: (attempt: Attempt) => attempt.agent_version },
  { header: 'DISPATCHED', value: (attempt: Attempt) => attempt.dispatched_at },
  { header: 'STARTED', value: (attempt: Attempt) => attempt.started_at, dropOrder: 2 },
  { header: 'ENDED', value: (attempt: Attempt) => attempt.ended_at, dropOrder: 1 },
  { header: 'OUTCOME', value: ({ outcome }: Attempt) => (outcome === null ? null : { word: outcome }) },
]

const retryColumns = [
  { header: 'ID', value: (retry: Retry) => retry.id },
  { header: 'STATUS', value: (retry: Retry) => ({ word: retry.state }) },
  { header: 'BY', value: (retry: Retry) => retry.requested_by_name ?? retry.requested_by },
  { header: 'CREATED', value: (retry: Retry) => ({ time: retry.created_at }) },
]
