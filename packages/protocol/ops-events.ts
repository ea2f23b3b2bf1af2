// The events of `/ops/stream`, named as upstream documents them, and what each comes of.
import type { EventKind } from './events.ts'

export const opsEventNames = [
  'ox.connection.connected',
  'ox.connection.heartbeat',
  'ox.execution.started',
  'ox.execution.completed',
  'ox.execution.failed',
  'ox.approval.requested',
  'ox.approval.decided',
  'ox.approval.escalated',
  'ox.approval.timed_out',
  'ox.agent.online',
  'ox.agent.offline',
  'ox.agent.draining',
  'ox.discovery.found',
  'ox.manifest.updated',
] as const
export type OpsEventName = (typeof opsEventNames)[number]

/**
 * Data: the row of the execution, approval or agent as it is now. `failed` has an `error` whatever
 * ended the call other than by success; `escalated` has a `stage_index`; `decided` has the `id`
 * alone. `found` describes what came: an agent, or one that asks to come in. `updated` has the
 * agent and what is new.
 */
export const opsEventOf: Partial<Record<EventKind, OpsEventName>> = {
  'execution.dispatched': 'ox.execution.started',
  'execution.completed': 'ox.execution.completed',
  'execution.failed': 'ox.execution.failed',
  'execution.timeout': 'ox.execution.failed',
  'execution.cancelled': 'ox.execution.failed',
  'execution.rejected': 'ox.execution.failed',
  'execution.expired': 'ox.execution.failed',
  'execution.ambiguous': 'ox.execution.failed',
  'approval.requested': 'ox.approval.requested',
  'approval.approved': 'ox.approval.decided',
  'approval.rejected': 'ox.approval.decided',
  'approval.cancelled': 'ox.approval.decided',
  'approval.voided': 'ox.approval.decided',
  'approval.broken_glass': 'ox.approval.decided',
  'approval.escalated': 'ox.approval.escalated',
  'approval.expired': 'ox.approval.timed_out',
  'agent.online': 'ox.agent.online',
  'agent.offline': 'ox.agent.offline',
  'agent.draining': 'ox.agent.draining',
  'agent.enrolled': 'ox.discovery.found',
  'candidate.requested': 'ox.discovery.found',
  'agent.manifest_updated': 'ox.manifest.updated',
}

/** Half of what upstream's dashboard waits before it takes silence for a cut. */
export const opsHeartbeatSeconds = 30
