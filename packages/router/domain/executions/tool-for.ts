import { Fault } from '@xerotier/protocol/errors.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { risks, runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../agents/fleet.ts'
import type { Core } from '../core.ts'

/**
 * The descriptor under which a tool runs for a workspace. Where agents that serve it disagree, the one with the highest risk
 * wins, then the one that may run once only: policy must never be the milder for it.
 * @throws Fault exec_tool_not_found (400) when no online agent offers it, tool_executor_unavailable when none of those serves the workspace
 */
export function toolFor(
  core: Pick<Core, 'fleet'>,
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
    // Without Retry-After: what is missing is a binding or an agent, and waiting brings neither.
    throw new Fault('tool_executor_unavailable', {
      param: 'workspace',
      message: unservedMessage(core, projectId, workspace, name, offering[0]!),
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

/** What is missing, as far as the agents that are online tell it, and the command that mends it. */
function unservedMessage(
  { fleet }: Pick<Core, 'fleet'>,
  projectId: string,
  workspace: Pick<WorkspaceRow, 'id' | 'name'>,
  tool: string,
  offering: OnlineAgent,
): string {
  const bind = `\`xeroctl workspaces bind ${workspace.name} --agent ${offering.name}\``
  const bound = fleet.inProject(projectId).filter((agent) => agent.bindings.has(workspace.id))
  if (bound.length > 0)
    return `The agents that serve the workspace ${workspace.name} do not offer ${tool}; ${offering.name} does: ${bind}.`
  return `No online agent is bound to the workspace ${workspace.name}: bind ${offering.name}, which offers ${tool}, with ${bind}, or start an agent that \`xeroctl workspaces show ${workspace.name}\` names.`
}

function severity({ risk, idempotent }: ToolDescriptor): number {
  return 2 * risks.indexOf(risk) + (runsAtMostOnce(risk, idempotent) ? 1 : 0)
}
