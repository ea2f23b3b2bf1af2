// What webhooks and channels hear of: upstream's names for kinds of the event log. The public
// streams have other names for the same (events.ts). What is not here stays inside.
import { type EventKind, eventKinds } from './events.ts'

/** That a call waits for, or ends with, its approval is said of the approval alone. */
const saidOfApproval: readonly EventKind[] = ['execution.pending_approval', 'execution.rejected']

const ofApprovals: Readonly<Record<string, string>> = {
  'approval.requested': 'exec.approval_requested',
  'approval.approved': 'exec.approved',
  'approval.rejected': 'exec.rejected',
  'approval.expired': 'exec.approval_timed_out',
  'approval.cancelled': 'exec.approval_cancelled',
  'approval.voided': 'exec.approval_voided',
  'approval.voted': 'exec.approval_voted',
  'approval.escalated': 'exec.approval_escalated',
  'approval.broken_glass': 'exec.approval_broken_glass',
  'approval.reviewed': 'exec.approval_reviewed',
  'approval.recommended': 'exec.approval_recommended',
}

function typeOf(kind: EventKind): string | undefined {
  if (kind.startsWith('execution.')) {
    return saidOfApproval.includes(kind) ? undefined : kind.replace('execution.', 'exec.')
  }
  return kind.startsWith('agent.') || kind.startsWith('join_key.') ? kind : ofApprovals[kind]
}

/** By the kind in the log. */
export const webhookTypes: ReadonlyMap<EventKind, string> = new Map(
  eventKinds.flatMap((kind) => {
    const type = typeOf(kind)
    return type === undefined ? [] : [[kind, type] as const]
  }),
)

/** What asking for a test sends; nobody subscribes to it. */
export const testType = 'webhook.test'

const types = [...webhookTypes.values()]
const families = [...new Set(types.map((type) => `${type.split('.')[0]}.*`))]

/** What a subscription may name: a type, a family, or all. */
export const subscribable: readonly string[] = ['*', ...families, ...types]

/** Whether what somebody subscribed to holds this type. */
export function hears(events: readonly string[], type: string): boolean {
  return events.some((event) => event === '*' || event === type || event === `${type.split('.')[0]}.*`)
}
