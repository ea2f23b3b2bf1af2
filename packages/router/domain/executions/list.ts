import type { Execution } from '@xerotier/protocol/api/executions.ts'
import { executionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import { type NamedExecutionRow, selectExecutions } from '../../store/executions.ts'
import type { Member } from '../actor.ts'
import { findAgentId } from '../directory/find-agent.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Page, toPage, uuidCursor, wordsOf } from '../page.ts'
import { findActors } from '../people/find-actors.ts'
import type { Records } from '../records.ts'
import { presentExecution } from './present.ts'

export interface ExecutionQuery {
  limit: number
  after?: string | undefined
  status?: string | undefined
  tool?: string | undefined
  agent?: string | undefined
  workspace?: string | undefined
  risk?: string | undefined
  requester?: string | undefined
  since?: string | undefined
  until?: string | undefined
}

/** Newest first. @throws Fault invalid_request, workspace_not_found, agent_not_found */
export async function listExecutions(
  core: Pick<Records, 'store'> & Directory,
  actor: Member,
  query: ExecutionQuery,
): Promise<Page<Execution>> {
  const { projectId } = actor
  const { db } = core.store
  const rows = await selectExecutions(db, projectId, {
    limit: query.limit,
    after: uuidCursor(query.after),
    states: query.status === 'all' ? undefined : wordsOf(query.status, 'status', executionStates),
    risks: wordsOf(query.risk, 'risk', risks),
    tool: query.tool,
    agentId: query.agent === undefined ? undefined : await findAgentId(db, projectId, query.agent),
    workspaceId:
      query.workspace === undefined ? undefined : (await findWorkspaceOfHistory(core, projectId, query.workspace)).id,
    requesters:
      query.requester === undefined ? undefined : await findActors(db, projectId, 'requester', query.requester),
    since: query.since === undefined ? undefined : new Date(query.since),
    until: query.until === undefined ? undefined : new Date(query.until),
  })
  return toPage(rows, query.limit, presentNamed, (execution) => execution.id)
}

export function presentNamed(row: NamedExecutionRow): Execution {
  return presentExecution(row, {
    workspace: row.workspace_name,
    agent: row.agent_name,
    requestedBy: row.requested_by_name,
    askedRisk: row.asked_risk,
  })
}
