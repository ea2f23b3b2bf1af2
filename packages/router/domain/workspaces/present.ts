import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { selectPauses } from '../../store/agents.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import { selectBoundAgents } from '../../store/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { healthOf } from '../fleet/health.ts'
import { presentPause } from '../fleet/pauses.ts'
import type { Records } from '../records.ts'

/** Several workspaces with the agents that serve them. */
export async function presentWorkspaces(core: Records & FleetView, rows: WorkspaceRow[]): Promise<Workspace[]> {
  const { db } = core.store
  const bound = await selectBoundAgents(
    db,
    rows.map((row) => row.id),
  )
  const pauses = await selectPauses(db, [...new Set(bound.map((agent) => agent.agent_id))])
  return rows.map((row) => ({
    id: row.id,
    object: 'workspace',
    name: row.name,
    type: row.type,
    description: row.description,
    created_at: row.created_at.toISOString(),
    agents: bound
      .filter((agent) => agent.workspace_id === row.id)
      .map((agent) => {
        // Seen from this workspace, a pause of it alone is a pause.
        const mine = pauses.filter(
          ({ agent_id, workspace_id }) =>
            agent_id === agent.agent_id && (workspace_id === null || workspace_id === row.id),
        )
        return {
          agent_id: agent.agent_id,
          agent: agent.name,
          health: healthOf(core, { id: agent.agent_id, state: agent.state }, mine.length > 0),
          paused: mine.map(presentPause),
          credentials_ref: agent.credentials_ref,
          bound_at: agent.created_at.toISOString(),
        }
      }),
  }))
}

export async function presentWorkspace(core: Records & FleetView, row: WorkspaceRow): Promise<Workspace> {
  return (await presentWorkspaces(core, [row]))[0]!
}
