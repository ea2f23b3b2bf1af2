import { agentLifecycle } from '@xerotier/protocol/lifecycles/agent.ts'
import { approvalLifecycle } from '@xerotier/protocol/lifecycles/approval.ts'
import { deliveryLifecycle } from '@xerotier/protocol/lifecycles/delivery.ts'
import { executionLifecycle } from '@xerotier/protocol/lifecycles/execution.ts'
import { exportLifecycle } from '@xerotier/protocol/lifecycles/export.ts'
import { grantKeyLifecycle } from '@xerotier/protocol/lifecycles/grant-key.ts'
import { invitationLifecycle } from '@xerotier/protocol/lifecycles/invitation.ts'
import { joinKeyLifecycle } from '@xerotier/protocol/lifecycles/join-key.ts'
import { isFinal, type Lifecycle, statesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import { rotationLifecycle } from '@xerotier/protocol/lifecycles/rotation.ts'
import { routerKeyLifecycle } from '@xerotier/protocol/lifecycles/router-key.ts'
import { page } from './markdown.ts'

export function lifecyclesPage(): string {
  return page(
    'Lifecycles',
    'These moves and no others: the database refuses the rest.',
    section(executionLifecycle),
    section(approvalLifecycle),
    section(agentLifecycle),
    section(joinKeyLifecycle),
    section(invitationLifecycle),
    section(deliveryLifecycle),
    section(exportLifecycle),
    section(rotationLifecycle),
    section(routerKeyLifecycle),
    section(grantKeyLifecycle),
  )
}

function section<State extends string>(lifecycle: Lifecycle<State>): string {
  return `## ${lifecycle.name.replace('_', ' ')}\n\n${diagram(lifecycle)}`
}

function diagram<State extends string>(lifecycle: Lifecycle<State>): string {
  const lines = ['```mermaid', 'stateDiagram-v2']
  for (const state of lifecycle.initial) lines.push(`  [*] --> ${state}`)
  for (const state of statesOf(lifecycle)) {
    for (const target of lifecycle.moves[state]) lines.push(`  ${state} --> ${target}`)
    if (isFinal(lifecycle, state)) lines.push(`  ${state} --> [*]`)
  }
  return [...lines, '```'].join('\n')
}
