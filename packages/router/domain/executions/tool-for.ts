import { Fault } from '@xerotier/protocol/errors.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { risks, runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import type { Core } from '../core.ts'

/**
 * The descriptor under which a tool runs for a workspace. Where agents that serve it disagree, the one with the highest risk
 * wins, then the one that may run once only: policy must never be the milder for it.
 * @throws Fault exec_tool_not_found (400) when no online agent offers it, tool_executor_unavailable when none of those serves the workspace
 */
export function toolFor(
  core: Core,
  projectId: string,
  workspace: Pick<WorkspaceRow, 'id' | 'name' | 'type'>,
  name: string,
): ToolDescriptor {
  const offering = core.fleet.offering(projectId, name)
  if (offering.length === 0)
    throw new Fault('exec_tool_not_found', {
      status: 400,
      param: 'tool',
      message: `No online agent offers the tool ${name}.`,
    })
  let best: ToolDescriptor | undefined
  for (const agent of offering) {
    if (!agent.bindings.has(workspace.id)) continue
    const tool = agent.tools.get(name)!
    if (best === undefined || severity(tool) > severity(best)) best = tool
  }
  if (best === undefined) {
    throw new Fault('tool_executor_unavailable', {
      param: 'workspace',
      message: `No online agent that offers ${name} serves the workspace ${workspace.name}.`,
      retryAfter: 5,
    })
  }
  if (best.workspace_types.length > 0 && !best.workspace_types.includes(workspace.type)) {
    throw new Fault('tool_executor_unavailable', {
      param: 'workspace',
      message: `${name} does not apply to a workspace of type ${workspace.type}.`,
    })
  }
  return best
}

function severity({ risk, idempotent }: ToolDescriptor): number {
  return 2 * risks.indexOf(risk) + (runsAtMostOnce(risk, idempotent) ? 1 : 0)
}
