// Why a call went as it did: one sentence a step, from its record.
import type { ExecutionDetail } from '../api/executions.ts'
import { milliseconds } from '../duration.ts'

export interface Step {
  at: string
  sentence: string
}

export interface Why {
  id: string
  object: 'explanation'
  steps: Step[]
}

type Approval = ExecutionDetail['approvals'][number]
type Move = ExecutionDetail['transitions'][number]

/** A name where there is one, else the id; the router itself by its role. */
export function who(id: string | null, name: string | null | undefined): string {
  if (id === null) return 'nobody'
  return name ?? (id === 'router' ? 'the router' : id)
}

export function whyOf(record: ExecutionDetail): Why {
  const steps = [
    asked(record),
    ...gate(record),
    ...record.transitions.flatMap((move, at) => moved(record, move, record.transitions[at + 1]) ?? []),
    ...stopped(record),
    ...resolved(record),
  ]
  // Steps of one moment stay in the order of their causes.
  return { id: record.id, object: 'explanation', steps: steps.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)) }
}

function asked(record: ExecutionDetail): Step {
  const { requested_by, requested_by_name, requested_door: door, reason, tool, workspace, retry_of } = record
  const through = door === null ? '' : ` through the door ${door}`
  const again = retry_of ? `, to make ${retry_of} again` : ''
  const because = reason === null ? 'No reason was given.' : `The reason given: ${reason}`
  const sentence = `${who(requested_by, requested_by_name)} asked for ${tool} (${record.risk}) in ${workspace}${through}${again}. ${because}`
  return { at: record.created_at, sentence }
}

/** Why somebody was asked, or nobody; and who decided. */
function gate(record: ExecutionDetail): Step[] {
  if (record.approvals.length === 0) {
    const by = record.policy_version === 0 ? 'the default policy' : `version ${record.policy_version} of the policy`
    return [{ at: record.created_at, sentence: `Nobody was asked: ${by} lets a call of this risk run.` }]
  }
  return record.approvals.flatMap((approval, at) => {
    const waiting = record.transitions.filter(({ state }) => state === 'pending_approval')[at]
    return [
      { at: waiting?.at ?? record.created_at, sentence: whyAsked(approval) },
      ...approval.votes.map((vote) => ({
        at: vote.at,
        sentence: `${who(vote.by, vote.by_name)} voted ${vote.vote.replace('_', ' ')} in stage ${vote.stage + 1}${noted(vote.note)}.`,
      })),
      ...decided(approval),
    ]
  })
}

function whyAsked({ asked: { policy, version, rules, closed, stages }, id, risk, tool_risk }: Approval): string {
  const by = version === 0 ? `the policy ${policy}` : `version ${version} of the policy ${policy}`
  const because =
    rules.length === 0 ? 'for the risk of the tool' : `by the rule ${rules.map(({ name }) => name).join(', ')}`
  const raised = tool_risk === undefined || risk === tool_risk ? '' : `, which treats it as ${risk}`
  const windows = closed.length === 0 ? '' : `, while ${closed.join(', ')} was closed`
  return `It had to be approved (${id}): ${by} asks ${because}${raised}${windows}, in ${stages} stage${stages === 1 ? '' : 's'}.`
}

const outcomes: Readonly<Record<string, string>> = {
  approved: 'was approved',
  rejected: 'was rejected',
  expired: 'expired: nobody decided in time',
  cancelled: 'was cancelled with the call',
  voided: 'was voided: what would have run was no longer what was approved',
}

function decided({ state, decided_at, decided_by, decided_by_name, note, needs }: Approval): Step[] {
  if (decided_at === null) return []
  const by = state === 'approved' || state === 'rejected' ? ` by ${who(decided_by, decided_by_name)}` : ''
  const open = needs.length === 0 ? '' : ` Still needed: ${needs.join('; ')}.`
  return [{ at: decided_at, sentence: `The approval ${outcomes[state] ?? `is ${state}`}${by}${noted(note)}.${open}` }]
}

const noted = (note: string | null) => (note === null || note === '' ? '' : `, saying “${note}”`)

function moved(record: ExecutionDetail, move: Move, next: Move | undefined): Step | undefined {
  const { at, state, detail } = move
  const by = who(move.actor, move.actor_name)
  if (state === 'pending_approval') return undefined
  if (state === 'queued') {
    const lost = typeof detail.reason === 'string' ? detail.reason.replace(/\.$/, '') : 'No agent could take it at once'
    const waited = next === undefined ? '' : ` It waited ${milliseconds(Date.parse(next.at) - Date.parse(at))}.`
    const waits = record.state === 'queued' && record.waiting_for ? ` It waits: ${record.waiting_for}` : waited
    return { at, sentence: `${lost}, so it was queued.${waits}` }
  }
  if (state === 'dispatched') {
    const attempt = record.attempts.find((one) => one.dispatched_at === at)
    const agent = attempt?.agent ?? attempt?.agent_id ?? record.agent ?? 'an agent'
    const version = attempt?.agent_version ? ` (version ${attempt.agent_version})` : ''
    return {
      at,
      sentence: `It was given to ${agent}${version}, the least busy agent found that serves ${record.workspace} and runs ${record.tool} as it was asked for.`,
    }
  }
  if (state === 'running') return { at, sentence: `${by} started the tool.` }
  return { at, sentence: ended(record, move, by) }
}

function ended({ exit_code, signal, timeout_ms, error }: ExecutionDetail, { state, detail }: Move, by: string): string {
  const code = typeof detail.exit_code === 'number' ? detail.exit_code : exit_code
  const said = error === null ? '' : ` ${error.message} (${error.code})`
  const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`
  switch (state) {
    case 'completed':
      return code === null ? `It completed, as ${by} says.` : `It completed: the tool ended with exit code ${code}.`
    case 'failed':
      return `It failed with ${how}.${said}`
    case 'timeout':
      return `It was ended at its timeout of ${milliseconds(timeout_ms)}.${said}`
    case 'cancelled':
      return `It was cancelled by ${by}.${said}`
    case 'rejected':
      return `It was rejected by ${by}, and never ran.`
    case 'expired':
      return `It expired, and never ran.${said}`
    case 'ambiguous':
      return `It became ambiguous: it may have run, and nobody knows.${said} It is never run a second time by itself.`
    default:
      return `It became ${state}.${said}`
  }
}

function stopped({ cancel_requested: asked }: ExecutionDetail): Step[] {
  if (asked === null) return []
  return [{ at: asked.at, sentence: `${who(asked.by, asked.by_name)} asked for it to be stopped.` }]
}

function resolved({ resolution, retries }: ExecutionDetail): Step[] {
  const again = retries.map(({ id, created_at, requested_by, requested_by_name, state }) => ({
    at: created_at,
    sentence: `${who(requested_by, requested_by_name)} made it again as ${id}, which is ${state}.`,
  }))
  if (resolution === null) return again
  const { at, by, by_name, note } = resolution
  return [{ at, sentence: `${who(by, by_name)} said what became of it${noted(note)}.` }, ...again]
}
