import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { type NamedPauseRow, selectAgentPauses, selectWidePauses } from '../../store/pauses.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import { selectBoundAgents } from '../../store/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { healthOf } from '../fleet/health.ts'
import { presentPaused } from '../fleet/pauses.ts'
import type { Records } from '../records.ts'

/** Several workspaces of one project, with the agents that serve them. */
export async function presentWorkspaces(core: Records & FleetView, rows: WorkspaceRow[]): Promise<Workspace[]> {
  const [first] = rows
  if (first === undefined) return []
  const serving = await servingAgents(
    core,
    rows.map((row) => row.id),
  )
  const pauses = await selectWidePauses(core.store.db, first.project_id)
  return rows.map((row) => present(row, serving, pauses))
}

export async function presentWorkspace(core: Records & FleetView, row: WorkspaceRow): Promise<Workspace> {
  const pauses = await selectWidePauses(core.store.db, row.project_id)
  return present(row, await servingAgents(core, [row.id]), pauses)
}

type Serving = Map<string, Workspace['agents']>

function present(row: WorkspaceRow, serving: Serving, pauses: readonly NamedPauseRow[]): Workspace {
  return {
    id: row.id,
    object: 'workspace',
    name: row.name,
    type: row.type,
    description: row.description,
    created_at: row.created_at.toISOString(),
    agents: serving.get(row.id) ?? [],
    paused: pauses.filter(({ workspace_id }) => workspace_id === null || workspace_id === row.id).map(presentPaused),
  }
}

/** By workspace. */
async function servingAgents(core: Records & FleetView, workspaceIds: string[]): Promise<Serving> {
  const { db } = core.store
  const bound = await selectBoundAgents(db, workspaceIds)
  const pauses = await selectAgentPauses(db, [...new Set(bound.map((agent) => agent.agent_id))])
  const serving: Serving = new Map(workspaceIds.map((id) => [id, []]))
  for (const { project_id, workspace_id, agent_id, name, state, credentials_ref, created_at } of bound) {
    // Seen from this workspace, a pause of it alone is a pause.
    const mine = pauses.filter(
      (pause) => pause.agent_id === agent_id && (pause.workspace_id === null || pause.workspace_id === workspace_id),
    )
    serving.get(workspace_id)?.push({
      agent_id,
      agent: name,
      health: healthOf(core, { id: agent_id, project_id, state }, mine.length > 0),
      paused: mine.map(presentPaused),
      credentials_ref,
      bound_at: created_at.toISOString(),
    })
  }
  return serving
}
