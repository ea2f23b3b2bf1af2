// The product's words that options and completions offer. Plain data: a bundler may put the value
// here in place of the schemas behind it (client/routes.data.ts says why).

import { agentHealths } from '@xerotier/protocol/api/agents.ts'
import { createdPlaceKinds } from '@xerotier/protocol/api/channels.ts'
import { delegationStates } from '@xerotier/protocol/api/delegations.ts'
import { exportFormats, exportTypes } from '@xerotier/protocol/api/exports.ts'
import { agentRoles } from '@xerotier/protocol/api/join-keys.ts'
import { pauseTargets } from '@xerotier/protocol/api/pauses.ts'
import { scopes } from '@xerotier/protocol/api/scopes.ts'
import { strongLogins } from '@xerotier/protocol/api/sessions.ts'
import { overflowName } from '@xerotier/protocol/frames/call/artifact.ts'
import { agentStates } from '@xerotier/protocol/lifecycles/agent.ts'
import { approvalStates } from '@xerotier/protocol/lifecycles/approval.ts'
import { candidateStates } from '@xerotier/protocol/lifecycles/candidate.ts'
import { deliveryStates } from '@xerotier/protocol/lifecycles/delivery.ts'
import { executionStates, settledExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { exportStates } from '@xerotier/protocol/lifecycles/export.ts'
import { invitationStates } from '@xerotier/protocol/lifecycles/invitation.ts'
import { pauseStates } from '@xerotier/protocol/lifecycles/pause.ts'
import { workspaceTypes } from '@xerotier/protocol/manifest.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import { delegationKinds, projectRoles, systemRoles } from '@xerotier/protocol/roles.ts'
import { webhookTypes } from '@xerotier/protocol/webhook-types.ts'

export const vocabulary = {
  risks,
  scopes,
  strongLogins,
  agentHealths,
  agentRoles,
  agentStates,
  approvalStates,
  deliveryStates,
  exportTypes,
  exportFormats,
  exportStates,
  executionStates,
  settledExecutionStates,
  workspaceTypes,
  createdPlaceKinds,
  webhookTypes: [...webhookTypes.values()],
  projectRoles,
  systemRoles,
  delegationKinds,
  delegationStates,
  invitationStates,
  pauseStates,
  candidateStates,
  pauseTargets,
  /** Artifacts that hold output beyond what the record keeps. */
  overflowNames: { stdout: overflowName('stdout'), stderr: overflowName('stderr') },
}
