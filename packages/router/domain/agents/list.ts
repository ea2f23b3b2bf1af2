import { type Agent, agentHealths } from '@xerotier/protocol/api/agents.ts'
import type { AgentState } from '@xerotier/protocol/lifecycles/agent.ts'
import { selectAgents } from '../../store/agents.ts'
import { selectAgentPauses } from '../../store/pauses.ts'
import type { Member } from '../actor.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { shortfallOf } from '../fleet/shortfall.ts'
import { idCursor, type Page, toPage, wordsOf } from '../page.ts'
import type { Records } from '../records.ts'
import { presentAgent } from './present.ts'

export interface AgentQuery {
  limit: number
  after?: string | undefined
  state?: AgentState | undefined
  status?: string | undefined
  workspace?: string | undefined
}

/** Newest first. @throws Fault invalid_request, workspace_not_found */
export async function listAgents(
  core: Records & FleetView & Directory,
  actor: Member,
  query: AgentQuery,
): Promise<Page<Agent>> {
  const { projectId } = actor
  const workspace = query.workspace === undefined ? undefined : await findWorkspace(core, projectId, query.workspace)
  const words = wordsOf(query.status, 'status', agentHealths)
  const online = core.fleet.inProject(projectId)
  const fit = online.filter((agent) => !agent.draining && agent.unfit === undefined)
  const rows = await selectAgents(core.store.db, projectId, {
    ...query,
    after: idCursor('agt', query.after),
    workspaceId: workspace?.id,
    status: words && {
      words,
      online: online.map((agent) => agent.id),
      draining: online.filter((agent) => agent.draining).map((agent) => agent.id),
      unfit: online.filter((agent) => !agent.draining && agent.unfit !== undefined).map((agent) => agent.id),
      degraded: fit.filter((agent) => shortfallOf(agent) !== undefined).map((agent) => agent.id),
    },
  })
  const pauses = await selectAgentPauses(
    core.store.db,
    rows.map((row) => row.id),
  )
  return toPage(
    rows,
    query.limit,
    (row) => presentAgent(core, row, pauses),
    (agent) => agent.id,
  )
}
