// Whether a call may run, must be asked for, or is refused. Pure: same input, same answer.
import { type Risk, riskDefaults } from '@xerotier/protocol/risk.ts'
import type { Member } from '../actor.ts'

export interface PolicyInput {
  /** Who asks. */
  actor: Member
  risk: Risk
}

export type PolicyDecision = { decision: 'allow' } | { decision: 'ask'; timeoutSeconds: number }

/** Version of the rules below. It is part of every digest: no approval outlives its policy. */
export const policyVersion = 1

/** The defaults of the four risk levels. */
export function decidePolicy({ risk }: PolicyInput): PolicyDecision {
  const rule = riskDefaults[risk]
  return rule.decision === 'allow'
    ? { decision: 'allow' }
    : { decision: 'ask', timeoutSeconds: rule.approvalTimeoutSeconds }
}
