// The tools of a project: what its online agents offer now.

import type { ToolDetail, ToolSummary } from '@xerotier/protocol/api/tools.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { stricter } from '../fleet/stricter.ts'
import { type Page, toPage, wordsOf } from '../page.ts'
import type { Records } from '../records.ts'
import { appliesTo, toolFor } from './tool-for.ts'
import { unserved } from './unserved.ts'

export interface ToolQuery {
  limit: number
  /** Name of the last tool of the page before. */
  after?: string | undefined
  /** Only what agents bound to it offer. */
  workspace?: string | undefined
  risk?: string | undefined
}

/** By name. @throws Fault workspace_not_found, invalid_request */
export async function listTools(
  core: FleetView & Directory,
  actor: Member,
  query: ToolQuery,
): Promise<Page<ToolSummary>> {
  const { projectId } = actor
  const levels = wordsOf(query.risk, 'risk', risks)
  let agents = core.fleet.inProject(projectId)
  if (query.workspace !== undefined) {
    const { id, type } = await findWorkspace(core, projectId, query.workspace)
    agents = agents.filter((agent) => agent.bindings.has(id))
    return page(agents, query, (tool) => fits(tool, levels) && appliesTo(tool, { type }))
  }
  return page(agents, query, (tool) => fits(tool, levels))
}

/**
 * @param workspaceName shows the tool as the agents of this workspace offer it, which a call there
 * runs
 * @throws Fault exec_tool_not_found; with a workspace as a submit says it, and workspace_not_found,
 * tool_executor_unavailable too
 */
export async function showTool(
  core: Pick<Records, 'clock'> & FleetView & Directory,
  { projectId }: Member,
  name: string,
  workspaceName?: string,
): Promise<ToolDetail> {
  let offers = byName(core.fleet.inProject(projectId)).flatMap((agent) => {
    const tool = agent.tools.get(name)
    return tool === undefined ? [] : [{ agent, tool }]
  })
  if (workspaceName !== undefined) {
    const workspace = await findWorkspace(core, projectId, workspaceName)
    await mustBeServed(core, projectId, workspace, name)
    offers = offers.filter(({ agent }) => agent.bindings.has(workspace.id))
  }
  if (offers.length === 0) throw new Fault('exec_tool_not_found', { param: 'name' })
  const tool = offers.map((offer) => offer.tool).reduce(stricter)
  return {
    ...summaryOf(tool, offers.length),
    input_schema: tool.input_schema,
    schema_digest: tool.schema_digest,
    auto_fork_branch: tool.auto_fork_branch,
    has_preview: tool.has_preview,
    has_undo: tool.has_undo,
    offered_by: offers.map(({ agent, tool: { bundle, bundle_version, schema_digest } }) => {
      return { agent_id: agent.id, agent: agent.name, bundle, bundle_version, schema_digest }
    }),
  }
}

async function mustBeServed(
  core: Pick<Records, 'clock'> & FleetView & Directory,
  projectId: string,
  workspace: WorkspaceRow,
  name: string,
): Promise<void> {
  try {
    if (toolFor(core, projectId, workspace, name) === undefined) throw await unserved(core, projectId, workspace, name)
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'exec_tool_not_found') throw error
    throw new Fault('exec_tool_not_found', { param: 'name', message: error.message })
  }
}

function fits(tool: ToolDescriptor, levels: readonly string[] | undefined): boolean {
  return levels === undefined || levels.includes(tool.risk)
}

function page(agents: OnlineAgent[], query: ToolQuery, wanted: (tool: ToolDescriptor) => boolean): Page<ToolSummary> {
  const offers = new Map<string, { tool: ToolDescriptor; agents: number }>()
  for (const agent of byName(agents)) {
    for (const tool of agent.tools.values()) {
      const known = offers.get(tool.name)
      if (known === undefined) offers.set(tool.name, { tool, agents: 1 })
      else offers.set(tool.name, { tool: stricter(known.tool, tool), agents: known.agents + 1 })
    }
  }
  const rows = [...offers.values()]
    .filter(({ tool }) => wanted(tool) && (query.after === undefined || tool.name > query.after))
    .sort((a, b) => (a.tool.name < b.tool.name ? -1 : 1))
  return toPage(
    rows.slice(0, query.limit + 1),
    query.limit,
    (row) => summaryOf(row.tool, row.agents),
    (tool) => tool.name,
  )
}

function byName(agents: OnlineAgent[]): OnlineAgent[] {
  return agents.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function summaryOf(tool: ToolDescriptor, agentsOnline: number): ToolSummary {
  const { name, description, risk, domain, workspace_types, timeout_ms, idempotent, mcp_visible } = tool
  return {
    object: 'tool',
    name,
    description,
    risk,
    domain,
    workspace_types,
    timeout_ms,
    idempotent,
    mcp_visible,
    agents_online: agentsOnline,
  }
}
