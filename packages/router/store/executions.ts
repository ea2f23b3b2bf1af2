import {
  type ExecutionState,
  inFlightExecutionStates,
  waitingExecutionStates,
} from '@xerotier/protocol/lifecycles/execution.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import { firstIdSince, lastIdUntil } from './uuid-time.ts'

/** Rows with the names that their presentation needs. */
function named(db: Database) {
  return db
    .selectFrom('executions')
    .innerJoin('workspaces', 'workspaces.id', 'executions.workspace_id')
    .leftJoin('agents', 'agents.id', 'executions.agent_id')
    .selectAll('executions')
    .select(['workspaces.name as workspace_name', 'agents.name as agent_name'])
    .select([
      actorName('executions.requested_by', 'executions.project_id').as('requested_by_name'),
      actorName('executions.resolved_by', 'executions.project_id').as('resolved_by_name'),
    ])
}
export type NamedExecutionRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

export interface ExecutionFilter {
  limit: number
  after?: string | undefined
  states?: ExecutionState[] | undefined
  risks?: Risk[] | undefined
  tool?: string | undefined
  agentId?: string | undefined
  workspaceId?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
}

/** Newest first. */
export function selectExecutions(db: Database, projectId: string, filter: ExecutionFilter) {
  let query = named(db).where('executions.project_id', '=', projectId)
  if (filter.after !== undefined) query = query.where('executions.id', '<', filter.after)
  if (filter.states !== undefined) query = query.where('executions.state', 'in', filter.states)
  if (filter.risks !== undefined) query = query.where('executions.risk', 'in', filter.risks)
  if (filter.tool !== undefined) query = query.where('executions.tool', '=', filter.tool)
  if (filter.agentId !== undefined) query = query.where('executions.agent_id', '=', filter.agentId)
  if (filter.workspaceId !== undefined) query = query.where('executions.workspace_id', '=', filter.workspaceId)
  if (filter.since !== undefined) {
    query = query
      .where('executions.id', '>=', firstIdSince(filter.since))
      .where('executions.created_at', '>=', filter.since)
  }
  if (filter.until !== undefined) {
    query = query
      .where('executions.id', '<=', lastIdUntil(filter.until))
      .where('executions.created_at', '<', filter.until)
  }
  return query
    .orderBy('executions.id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

export function selectNamedExecution(db: Database, projectId: string, id: string) {
  return named(db).where('executions.project_id', '=', projectId).where('executions.id', '=', id).executeTakeFirst()
}

export function selectNamedExecutions(db: Database, ids: string[]) {
  return named(db).where('executions.id', 'in', ids).execute()
}

/** What the first submit with an idempotency key was, or the one with an id where it has no key. */
export function selectSubmitted(
  db: Database,
  { project_id, idempotency_key, id }: { project_id: string; idempotency_key: string | null; id: string },
) {
  const query = requested(db).where('project_id', '=', project_id)
  return idempotency_key === null
    ? query.where('id', '=', id).executeTakeFirst()
    : query.where('idempotency_key', '=', idempotency_key).executeTakeFirst()
}

/** Locks the row until the transaction ends. */
export function lockExecution(tx: Tx, id: string) {
  return tx.selectFrom('executions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** The same of a project, with the name of its requester. */
export function lockRequestedExecution(tx: Tx, projectId: string, id: string) {
  return requested(tx).where('project_id', '=', projectId).where('id', '=', id).forUpdate().executeTakeFirst()
}

function requested(db: Database | Tx) {
  return db
    .selectFrom('executions')
    .selectAll()
    .select(actorName('executions.requested_by', 'executions.project_id').as('requested_by_name'))
}

/** Calls of a workspace that wait or are at an agent. */
export async function selectUnfinishedIds(db: Database | Tx, workspaceId: string, limit = 1_000): Promise<string[]> {
  const rows = await db
    .selectFrom('executions')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('state', 'in', [...waitingExecutionStates, ...inFlightExecutionStates])
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
