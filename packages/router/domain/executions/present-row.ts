import type { Execution } from '@xerotier/protocol/api/executions.ts'
import { selectAgentName } from '../../store/agents.ts'
import { selectAskedRisk } from '../../store/approvals.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { presentExecution } from './present.ts'

/**
 * The public form of one row, its names from memory where they are known.
 * @param requestedBy name of the requester: who asks knows it, or read it with the row
 */
export async function presentRow(
  core: Pick<Records, 'store'> & FleetView & Directory,
  row: ExecutionRow,
  requestedBy: string | null,
): Promise<Execution> {
  const workspace = await findWorkspaceOfHistory(core, row.project_id, row.workspace_id)
  return presentExecution(row, {
    workspace: workspace.name,
    agent: row.agent_id === null ? null : await agentName(core, row.project_id, row.agent_id),
    requestedBy,
    askedRisk: row.approval_id === null ? null : await selectAskedRisk(core.store.db, row.approval_id),
  })
}

async function agentName(
  core: Pick<Records, 'store'> & FleetView,
  projectId: string,
  agentId: string,
): Promise<string | null> {
  const online = core.fleet.get(projectId, agentId)
  if (online !== undefined) return online.name
  const row = await selectAgentName(core.store.db, agentId)
  return row?.name ?? null
}
