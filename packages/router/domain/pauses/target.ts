// What somebody wants to pause, found by the names that they gave.
import type { PauseCreate } from '@xerotier/protocol/api/pauses.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { existsTool } from '../../store/agents.ts'
import type { PauseTarget } from '../../store/pauses.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'

export type Named = Pick<PauseCreate, 'agent' | 'workspace' | 'tool' | 'project'>

export interface Target extends PauseTarget {
  /** Their names. */
  agent: string | null
  workspace: string | null
}

/**
 * @throws Fault agent_not_found, workspace_not_found, workspace_not_allowed
 * @throws Fault exec_tool_not_found: a pause of a name that nobody has contains nothing
 * @throws Fault invalid_body for what cannot be paused together
 */
export async function findTarget(
  core: Pick<Records, 'store'> & FleetView & Directory,
  actor: Member,
  named: Named,
): Promise<Target> {
  const { projectId } = actor
  mustFit(named)
  const agent = named.agent === undefined ? null : await findAgent(core.store.db, projectId, named.agent, 'agent')
  const workspace = named.workspace === undefined ? null : await findWorkspace(core, projectId, named.workspace)
  if (workspace !== null) requireWorkspace(actor, workspace.id)
  else requireAllWorkspaces(actor)
  const tool = named.tool ?? null
  if (tool !== null && !(await isKnown(core, projectId, tool))) {
    throw new Fault('exec_tool_not_found', {
      param: 'tool',
      message: `No agent of the project offers the tool ${tool}, or did when it was last here.`,
    })
  }
  return {
    agent_id: agent?.id ?? null,
    agent: agent?.name ?? null,
    workspace_id: workspace?.id ?? null,
    workspace: workspace?.name ?? null,
    tool,
  }
}

function mustFit({ agent, workspace, tool, project }: Named): void {
  const wrong = (param: string, what: string) => new Fault('invalid_body', { param, message: `${param}: ${what}` })
  if (project && (agent ?? workspace ?? tool) !== undefined)
    throw wrong('project', 'a pause of the whole project names nothing else')
  if (!project && (agent ?? workspace ?? tool) === undefined)
    throw wrong('project', 'say what to pause: an agent, a workspace, a tool, or the whole project')
  if (agent !== undefined && tool !== undefined)
    throw wrong('tool', 'a pause of an agent is of all its tools; pause the tool, or the agent')
}

/**
 * A key that is held to some workspaces pauses nothing of others.
 * @throws Fault workspace_not_allowed
 */
export function requireAllWorkspaces(actor: Member): void {
  if (actor.kind === 'agent' || actor.workspaces === null) return
  throw new Fault('workspace_not_allowed', {
    param: 'workspace',
    message: 'The key is held to some workspaces, so that it pauses no more than one of these.',
  })
}

async function isKnown(
  { store, fleet }: Pick<Records, 'store'> & FleetView,
  projectId: string,
  tool: string,
): Promise<boolean> {
  return fleet.offering(projectId, tool).length > 0 || (await existsTool(store.db, projectId, tool))
}
