// Risk and state, each as a word with a colour and a shape of its own.
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { ApprovalState } from '@xerotier/protocol/lifecycles/approval.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { Mark } from '../ui/mark.tsx'
import { words } from '../words/en.ts'
import { type Look, ofApproval, ofExecution, ofHealth, ofRisk } from './looks.ts'

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
