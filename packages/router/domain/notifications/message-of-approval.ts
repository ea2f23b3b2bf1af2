import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { cutTexts, reviewedJson } from '@xerotier/protocol/reviewed.ts'
import { type Message, shortened } from './message.ts'

const mostArgs = 2_000
const mostText = 500

/** Somebody is asked. */
export function askedMessage(approval: Approval, options: { stage: number; link?: string }): Message {
  const { tool, workspace, risk, args } = approval
  const code = reviewedJson(args, 2)
  const isWhole = code.length <= mostArgs && cutTexts(args) === 0
  const escalated = options.stage > 0 ? `, escalated to stage ${options.stage + 1}` : ''
  return {
    title: `Approval wanted: ${tool} in ${workspace} (${risk})${escalated}`,
    tone: 'asks',
    facts: [...factsOf(approval), ['Expires', approval.expires_at], ['Digest', approval.digest]],
    code: shortened(code, mostArgs),
    remarks: [
      ...(isWhole ? [] : ['These are not all of its arguments: read them before you decide.']),
      `xeroctl approvals show ${approval.id}`,
    ],
    ...(options.link === undefined ? {} : { link: { label: 'Review and decide', url: options.link } }),
    until: approval.expires_at,
    subject: approval.id,
    alarm: 'raise',
  }
}

const outcomes: Partial<Record<Approval['state'], { word: string; tone: Message['tone'] }>> = {
  approved: { word: 'Approved', tone: 'good' },
  rejected: { word: 'Rejected', tone: 'bad' },
  expired: { word: 'Expired', tone: 'bad' },
  cancelled: { word: 'Cancelled by its requester', tone: 'neutral' },
  voided: { word: 'Void: what would run has changed', tone: 'bad' },
}

/** It was decided, here or elsewhere: nobody has to do anything any more, but for a review. */
export function endedMessage(approval: Approval, alarm: Message['alarm']): Message {
  if (approval.review_due_at !== null) return brokenGlassMessage(approval, approval.review_due_at, alarm)
  const { tool, workspace, state, note } = approval
  const { word, tone } = outcomes[state] ?? { word: state, tone: 'neutral' as const }
  const by = approval.decided_by_name ?? approval.decided_by
  const byWhom: [string, string][] = by === null || by === 'router' ? [] : [['Decided by', by]]
  return {
    title: `${word}: ${tool} in ${workspace}`,
    tone,
    facts: [
      ...byWhom,
      ...(approval.decided_at === null ? [] : ([['When', approval.decided_at]] as const)),
      ...(note === null ? [] : ([['Note', shortened(note, mostText)]] as const)),
      ...factsOf(approval),
    ],
    remarks: ['Nothing is to be done any more.'],
    subject: approval.id,
    alarm,
  }
}

/** An owner ran it alone: whoever was asked was skipped. */
function brokenGlassMessage(approval: Approval, dueAt: string, alarm: Message['alarm']): Message {
  const { id, tool, workspace, note, decided_at, reviewed_at } = approval
  const by = approval.decided_by_name ?? approval.decided_by ?? 'An owner'
  return {
    title: `Break-glass: ${tool} in ${workspace}`,
    tone: 'bad',
    facts: [
      ['Broken by', by],
      ...(note === null ? [] : ([['Why', shortened(note, mostText)]] as const)),
      ...(decided_at === null ? [] : ([['When', decided_at]] as const)),
      ['Review due', reviewed_at === null ? dueAt : `no more: it was reviewed ${reviewed_at}`],
      ...factsOf(approval),
    ],
    remarks: [
      `${by} broke the glass and ran this call without its approvals: whoever was to decide it was skipped.`,
      ...(reviewed_at === null
        ? [`A review by somebody else is due until ${dueAt}: xeroctl approvals review ${id} --note <text>`]
        : []),
    ],
    subject: id,
    // An acknowledgement would say nothing of it.
    alarm: alarm === 'acknowledge' ? 'raise' : alarm,
  }
}

function factsOf(approval: Approval): [string, string][] {
  const requester = approval.requested_by_name ?? approval.requested_by
  return [
    ['Requester', requester],
    ...(approval.reason === null ? [] : ([['Reason', shortened(approval.reason, mostText)]] as const)),
    ['Workspace', approval.workspace],
    ['Risk', approval.risk],
    ['Agents', approval.agents.map(({ name }) => name).join(', ') || 'none online'],
    ...(approval.credentials_ref === null ? [] : ([['Credentials', approval.credentials_ref]] as const)),
    ['Approval', approval.id],
  ].map(([label = '', value = '']) => [label, value])
}
