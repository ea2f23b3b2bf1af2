// How risk and state look: each a colour and a shape of its own, in lists and in pictures.
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { ApprovalState } from '@xerotier/protocol/lifecycles/approval.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { Shape, Tone } from '../ui/mark.tsx'

export type Look = readonly [Tone, Shape]

export const ofRisk: Record<Risk, Look> = {
  read: ['calm', 'ring'],
  write: ['accent', 'square'],
  destructive: ['warn', 'triangle'],
  irreversible: ['bad', 'octagon'],
}
export const ofExecution: Record<ExecutionState, Look> = {
  pending_approval: ['warn', 'diamond'],
  queued: ['calm', 'dots'],
  dispatched: ['accent', 'dots'],
  running: ['accent', 'circle'],
  completed: ['good', 'check'],
  failed: ['bad', 'cross'],
  timeout: ['bad', 'cross'],
  cancelled: ['calm', 'cross'],
  rejected: ['calm', 'cross'],
  expired: ['calm', 'cross'],
  ambiguous: ['bad', 'diamond'],
}
export const ofApproval: Record<ApprovalState, Look> = {
  pending: ['warn', 'diamond'],
  approved: ['good', 'check'],
  rejected: ['bad', 'cross'],
  expired: ['calm', 'cross'],
  cancelled: ['calm', 'cross'],
  voided: ['calm', 'cross'],
}
export const ofHealth: Record<Agent['health'], Look> = {
  healthy: ['good', 'check'],
  degraded: ['warn', 'triangle'],
  unhealthy: ['bad', 'octagon'],
  paused: ['warn', 'bars'],
  draining: ['calm', 'dots'],
  offline: ['bad', 'cross'],
  pending: ['calm', 'ring'],
  suspended: ['bad', 'bars'],
}
