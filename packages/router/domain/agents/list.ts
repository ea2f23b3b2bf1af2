import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { AgentState } from '@xerotier/protocol/lifecycles/agent.ts'
import { selectAgents, selectPauses } from '../../store/agents.ts'
import type { Core } from '../core.ts'
import { type Page, toPage } from '../page.ts'
import type { Principal } from '../principal.ts'
import { findWorkspace } from '../workspaces/find.ts'
import { presentAgent } from './present.ts'

export interface AgentQuery {
  limit: number
  after?: string | undefined
  state?: AgentState | undefined
  workspace?: string | undefined
}

/** @throws Fault workspace_not_found */
export async function listAgents(core: Core, principal: Principal, query: AgentQuery): Promise<Page<Agent>> {
  const { projectId } = principal
  const workspace = query.workspace === undefined ? undefined : await findWorkspace(core, projectId, query.workspace)
  const rows = await selectAgents(core.store.db, projectId, { ...query, workspaceId: workspace?.id })
  const pauses = await selectPauses(
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
