// The kinds of the one event log (law L8), and the names under which the public streams show them.
import { executionStates } from './lifecycles/execution.ts'

const executionKinds = executionStates.map((state) => `execution.${state}` as const)

/** What was read that is no ordinary record, and what was refused to a valid credential. */
export const accessKinds = [
  'access.output_read',
  'access.artifact_read',
  'access.audit_read',
  'access.secret_read',
  'access.export_downloaded',
  'access.refused',
] as const
export type AccessKind = (typeof accessKinds)[number]

export const eventKinds = [
  ...executionKinds,
  'execution.cancel_requested',
  'execution.resolved',
  'execution.retried',
  'execution.refused',
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.expired',
  'approval.cancelled',
  'approval.voided',
  'approval.voted',
  'approval.escalated',
  'approval.broken_glass',
  'approval.reviewed',
  'approval.recommended',
  'agent.enrolled',
  'agent.online',
  'agent.offline',
  'agent.draining',
  'agent.paused',
  'agent.resumed',
  'agent.manifest_updated',
  'agent.manifest_refused',
  'agent.risk_lowered',
  'agent.risk_accepted',
  'agent.session_refused',
  'agent.checkpoint_refused',
  'agent.credentials_revoked',
  'agent.rotation_requested',
  'agent.rotation_acknowledged',
  'agent.rotation_completed',
  'agent.rotation_ended',
  'agent.rotation_rolled_back',
  'agent.updated',
  'agent.deleted',
  'grant_key.rotated',
  'grant_key.retired',
  'candidate.requested',
  'candidate.approved',
  'candidate.rejected',
  'candidate.enrolled',
  'join_key.created',
  'join_key.consumed',
  'join_key.refused',
  'join_key.revoked',
  'user.created',
  'user.updated',
  'member.added',
  'member.updated',
  'member.removed',
  'group.created',
  'group.updated',
  'group.deleted',
  'delegation.created',
  'delegation.ended',
  'invitation.created',
  'invitation.accepted',
  'invitation.revoked',
  'invitation.expired',
  'api_key.created',
  'api_key.updated',
  'api_key.rotated',
  'api_key.revoked',
  'workspace.created',
  'workspace.bound',
  'workspace.unbound',
  'workspace.deleted',
  'workspace.paused',
  'workspace.resumed',
  'tool.paused',
  'tool.resumed',
  'webhook.created',
  'webhook.updated',
  'webhook.secret_rotated',
  'webhook.deleted',
  'channel.created',
  'channel.updated',
  'channel.deleted',
  'policy.drafted',
  'policy.activated',
  'policy.deleted',
  'approval_link.created',
  'approval_link.revoked',
  ...accessKinds,
  'export.created',
  'export.completed',
  'export.failed',
  'export.deleted',
  'session.opened',
  'session.ended',
  'login_link.created',
  'password.changed',
  'second_factor.added',
  'second_factor.removed',
  'project.created',
  'project.updated',
  'project.paused',
  'project.resumed',
  'project.restored',
  'retention.removed',
  'retention.log_begins',
  'legal_hold.placed',
  'legal_hold.released',
] as const
export type EventKind = (typeof eventKinds)[number]

/**
 * SSE event name of each kind on the public streams. What is not here stays inside. `started` is
 * upstream's word for dispatched. The data is the execution or the approval as it is now: it may be
 * further on than the name says. Its `event` says what happened, when, and who did it.
 */
export const publicEventNames: Partial<Record<EventKind, string>> = {
  ...Object.fromEntries(executionKinds.map((kind) => [kind, `x_exec.${kind}`])),
  'execution.dispatched': 'x_exec.execution.started',
  'execution.cancel_requested': 'x_exec.execution.cancel_requested',
  'approval.requested': 'x_exec.approval.requested',
  'approval.approved': 'x_exec.approval.decided',
  'approval.rejected': 'x_exec.approval.decided',
  'approval.expired': 'x_exec.approval.timed_out',
  'approval.cancelled': 'x_exec.approval.cancelled',
  'approval.voided': 'x_exec.approval.voided',
  'approval.voted': 'x_exec.approval.voted',
  'approval.escalated': 'x_exec.approval.escalated',
  'approval.broken_glass': 'x_exec.approval.broken_glass',
  'approval.reviewed': 'x_exec.approval.reviewed',
  'approval.recommended': 'x_exec.approval.recommended',
}

/** Of every event of an agent's stream: its data says what kind it is. */
export const agentEventName = 'x_exec.agent.event'

/** Names that belong to the stream itself rather than to the log. */
export const streamEventNames = {
  connected: 'x_exec.connection.connected',
  heartbeat: 'x_exec.connection.heartbeat',
  output: 'x_exec.execution.output',
} as const

/** Proxies cut what is silent for longer; many do after 30 or 60 s. */
export const heartbeatSeconds = 15
