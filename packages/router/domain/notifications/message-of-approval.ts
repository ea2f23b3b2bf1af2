import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { reviewedWhole } from '@xerotier/protocol/reviewed.ts'
import { type Message, shortened } from './message.ts'

const mostArgs = 2_000
const mostText = 500

/** Somebody is asked. */
export function askedMessage(approval: Approval, options: { stage: number; link?: string }): Message {
  const { tool, workspace, risk, args } = approval
  const code = reviewedWhole(args)
  const isWhole = code.length <= mostArgs
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

/** It was decided, here or elsewhere: nobody has to do anything any more. */
export function endedMessage(approval: Approval, alarm: Message['alarm']): Message {
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
