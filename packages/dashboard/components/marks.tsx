// Risk and state, each as a word with a colour and a shape of its own.
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { ApprovalState } from '@xerotier/protocol/lifecycles/approval.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { Mark, type Shape, type Tone } from '../ui/mark.tsx'
import { words } from '../words/en.ts'

type Look = readonly [Tone, Shape]

const ofRisk: Record<Risk, Look> = {
  read: ['calm', 'ring'],
  write: ['accent', 'square'],
  destructive: ['warn', 'triangle'],
  irreversible: ['bad', 'octagon'],
}
const ofExecution: Record<ExecutionState, Look> = {
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
const ofApproval: Record<ApprovalState, Look> = {
  pending: ['warn', 'diamond'],
  approved: ['good', 'check'],
  rejected: ['bad', 'cross'],
  expired: ['calm', 'cross'],
  cancelled: ['calm', 'cross'],
  voided: ['calm', 'cross'],
}
const ofHealth: Record<Agent['health'], Look> = {
  healthy: ['good', 'check'],
  degraded: ['warn', 'triangle'],
  unhealthy: ['bad', 'octagon'],
  paused: ['warn', 'bars'],
  draining: ['calm', 'dots'],
  offline: ['bad', 'cross'],
  pending: ['calm', 'ring'],
  suspended: ['bad', 'bars'],
}

function marked([tone, shape]: Look, word: string) {
  return (
    <Mark tone={tone} shape={shape}>
      {word}
    </Mark>
  )
}

export const RiskMark = ({ risk }: { risk: Risk }) => marked(ofRisk[risk], words.risks[risk])
export const StateMark = ({ state }: { state: ExecutionState }) =>
  marked(ofExecution[state], words.executionStates[state])
export const DecisionMark = ({ state }: { state: ApprovalState }) =>
  marked(ofApproval[state], words.approvalStates[state])
export const HealthMark = ({ health }: { health: Agent['health'] }) =>
  marked(ofHealth[health], words.fleet.health[health])
