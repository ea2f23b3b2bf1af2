import {
  type ExecutionState,
  inFlightExecutionStates,
  isInFlight,
  isSettled,
  waitingExecutionStates,
} from '@xerotier/protocol/lifecycles/execution.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { type List, type ListFilter, listOf, newestOf, ofKinds, type Part, selectPageIds } from './lists.ts'
import { actorName } from './names.ts'
import { firstIdSince } from './uuid-time.ts'

/** Rows with the names that their presentation needs. */
function named(db: Database | Tx) {
  return (
    db
      .selectFrom('executions')
      .innerJoin('workspaces', 'workspaces.id', 'executions.workspace_id')
      .selectAll('executions')
      .select('workspaces.name as workspace_name')
      // No join: without statistics it would read the whole fleet for one page.
      .select(
        sql<string | null>`(select one.name from agents as one where one.id = executions.agent_id)`.as('agent_name'),
      )
      .select(
        sql<Risk | null>`(select one.risk from approvals as one where one.id = executions.approval_id)`.as(
          'asked_risk',
        ),
      )
      .select([
        actorName('executions.requested_by', 'executions.project_id').as('requested_by_name'),
        actorName('executions.resolved_by', 'executions.project_id').as('resolved_by_name'),
      ])
  )
}
export type NamedExecutionRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

export interface ExecutionFilter extends ListFilter {
  states?: ExecutionState[] | undefined
  /** Ids of whoever asked. */
  requesters?: readonly string[] | undefined
}

/** Most calls are in one of these, so no index by state holds them. */
const usualStates: readonly ExecutionState[] = [...inFlightExecutionStates, 'completed']
const literal = (states: readonly ExecutionState[]) => sql.join(states.map((state) => sql.lit(state)))
const isUnusual = sql`t.state not in (${literal(usualStates)})`

/** Newest first. */
export async function selectExecutions(db: Database, projectId: string, filter: ExecutionFilter) {
  const { agentId } = filter
  const agent = agentId === undefined ? undefined : sql`t.agent_id = ${agentId}`
  const list = listOf('executions', projectId, filter, agent, filter.requesters)
  const ids = await selectPageIds(
    db,
    list,
    filter.states === undefined ? [anyState(list)] : inStates(list, filter.states),
  )
  if (ids.length === 0) return []
  return named(db).where('executions.id', 'in', ids).orderBy('executions.id', 'desc').execute()
}

const anyState = (list: List): Part => ({ state: sql`true`, newest: newestOf(list) })

function inStates(list: List, states: readonly ExecutionState[]): Part[] {
  const inFlight = states.filter(isInFlight)
  const completed = sql`t.state = 'completed'`
  const unusual = (those: readonly ExecutionState[]) =>
    those.map((one) => {
      const state = sql`t.state = ${one} and ${isUnusual}`
      return { state, newest: newestOf(list, state) }
    })
  const others = states.filter((state) => !usualStates.includes(state))
  return [
    ...unusual(others.filter((state) => !isSettled(state))),
    ...(inFlight.length > 0 ? [inFlightOf(list, inFlight)] : []),
    ...(states.includes('completed') ? [{ state: completed, newest: newestOf(list, completed) }] : []),
    ...unusual(others.filter(isSettled)),
  ]
}

/** What is in flight is never much: all of it is read, by the index that holds nothing else. */
function inFlightOf({ projectId, range }: List, states: readonly ExecutionState[]): Part {
  const state = sql`t.state = any(${states}::text[])`
  const newest = sql`select ${ofKinds} from (
      select * from executions where state in (${literal(inFlightExecutionStates)}) offset 0
    ) as t where t.project_id = ${projectId} and ${range} and ${state} order by t.id desc`
  return { state, newest }
}

export function selectNamedExecution(db: Database, projectId: string, id: string) {
  return named(db).where('executions.project_id', '=', projectId).where('executions.id', '=', id).executeTakeFirst()
}

export function selectNamedExecutions(db: Database | Tx, ids: string[]) {
  return named(db).where('executions.id', 'in', ids).execute()
}

/** The calls that made this one again, oldest first. */
export function selectRetries(db: Database, id: string) {
  return db
    .selectFrom('executions')
    .select(['id', 'state', 'created_at', 'requested_by'])
    .select(actorName('executions.requested_by', 'executions.project_id').as('requested_by_name'))
    .where('retry_of', '=', id)
    .orderBy('id')
    .limit(100)
    .execute()
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

/** Past calls as a policy is tried on them, newest first. */
export function selectPastCalls(
  db: Database,
  projectId: string,
  range: { since: Date; until: Date; before: string | undefined; workspaceId: string | undefined; limit: number },
) {
  let query = db
    .selectFrom('executions')
    .innerJoin('workspaces', 'workspaces.id', 'executions.workspace_id')
    .leftJoin('approvals', 'approvals.id', 'executions.approval_id')
    .leftJoin('agents', 'agents.id', 'executions.agent_id')
    .select(['executions.id', 'executions.tool', 'executions.risk', 'executions.args', 'executions.created_at'])
    .select('executions.sealed_with')
    .select(['executions.requested_by', 'executions.workspace_id', 'executions.approval_id'])
    .select(['workspaces.name as workspace_name', 'workspaces.type as workspace_type', 'agents.name as agent_name'])
    .select([
      'approvals.asked',
      'approvals.requested_at',
      'approvals.expires_at',
      'approvals.stage',
      'approvals.stage_ends_at',
    ])
    .select(actorName('executions.requested_by', 'executions.project_id').as('requested_by_name'))
    .where('executions.project_id', '=', projectId)
    .where('executions.id', '>=', firstIdSince(range.since))
    .where('executions.created_at', '>=', range.since)
    .where('executions.created_at', '<', range.until)
  if (range.before !== undefined) query = query.where('executions.id', '<', range.before)
  if (range.workspaceId !== undefined) query = query.where('executions.workspace_id', '=', range.workspaceId)
  return query.orderBy('executions.id', 'desc').limit(range.limit).execute()
}
export type PastCallRow = Awaited<ReturnType<typeof selectPastCalls>>[number]
