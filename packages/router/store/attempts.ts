// Calls as dispatch and reconciliation read them, whatever their project.
import { answerableExecutionStates, inFlightExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { sql } from 'kysely'
import type { Database } from './database.ts'

const beforeAll = '00000000-0000-0000-0000-000000000000'

export function selectExecution(db: Database, id: string) {
  return db.selectFrom('executions').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The number of its present attempt, and whether its pieces are sealed. */
export function selectAttempt(db: Database, id: string) {
  return db.selectFrom('executions').select(['attempt', 'sealed_with']).where('id', '=', id).executeTakeFirst()
}

/** Whether what a call carries is sealed; undefined when there is no such call. */
export function selectSealedWith(db: Database, id: string) {
  return db.selectFrom('executions').select('sealed_with').where('id', '=', id).executeTakeFirst()
}

/** Queued calls of some workspaces of a project, oldest first; of tools that a reach names none. */
export function selectQueued(
  db: Database,
  projectId: string,
  workspaceIds: string[],
  page: {
    limit: number
    after?: string | undefined
    without: readonly { workspace_id: string | null; tool: string | null }[]
  },
) {
  const tools = page.without.filter(({ workspace_id }) => workspace_id === null)
  const pairs = page.without.filter(({ workspace_id }) => workspace_id !== null)
  return db
    .selectFrom('executions')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('state', '=', 'queued')
    .where('workspace_id', 'in', workspaceIds)
    .where('id', '>', page.after ?? beforeAll)
    .$if(tools.length > 0, (query) =>
      query.where(sql<boolean>`tool <> all(${tools.map(({ tool }) => tool).filter((tool) => tool !== null)}::text[])`),
    )
    .$if(pairs.length > 0, (query) =>
      query.where(
        sql<boolean>`workspace_id || ' ' || tool <> all(${pairs.map((one) => `${one.workspace_id} ${one.tool ?? ''}`)}::text[])`,
      ),
    )
    .orderBy('id')
    .limit(page.limit)
    .execute()
}

/** How many calls are queued by project and workspace; of all projects unless one is named. */
export function countQueued(db: Database, projectId: string | undefined) {
  let query = db
    .selectFrom('executions')
    .select(['project_id', 'workspace_id', (eb) => eb.fn.countAll<number>().as('count')])
    .where('state', '=', 'queued')
  if (projectId !== undefined) query = query.where('project_id', '=', projectId)
  return query.groupBy(['project_id', 'workspace_id']).execute()
}

/** Queued calls whose time is over. */
export function selectOverdue(
  db: Database,
  at: Date,
  { limit, without }: { limit: number; without: readonly { workspace_id: string; tool: string }[] },
) {
  return db
    .selectFrom('executions')
    .select(['id', 'workspace_id', 'tool'])
    .where('state', '=', 'queued')
    .where('queue_deadline', '<=', at)
    .where(
      sql<boolean>`workspace_id || ' ' || tool <> all(${without.map((one) => `${one.workspace_id} ${one.tool}`)}::text[])`,
    )
    .limit(limit)
    .execute()
}

/** Calls in flight that were dispatched before some time, without those that are accounted for. */
export function selectUnaccounted(db: Database, before: Date, accountedFor: Iterable<string>, limit: number) {
  return (
    db
      .selectFrom('executions')
      .selectAll()
      .where('state', 'in', inFlightExecutionStates)
      .where('dispatched_at', '<', before)
      // However many are accounted for, they must not fill the page.
      .where(sql<boolean>`id <> all(${[...accountedFor]}::uuid[])`)
      .limit(limit)
      .execute()
  )
}

export async function selectInFlightAt(db: Database, agentIds: readonly string[]) {
  if (agentIds.length === 0) return []
  return db
    .selectFrom('executions')
    .selectAll()
    .where('agent_id', 'in', agentIds)
    .where('state', 'in', inFlightExecutionStates)
    .execute()
}

/** Of some calls of an agent, those that are in doubt. */
export async function selectAmbiguousAt(db: Database, agentId: string, ids: string[]) {
  if (ids.length === 0) return []
  return db
    .selectFrom('executions')
    .selectAll()
    .where('id', 'in', ids)
    .where('agent_id', '=', agentId)
    .where('state', '=', 'ambiguous')
    .execute()
}

/**
 * Of some calls of an agent, those that it may still answer and that somebody wants cancelled. By
 * their ids: no index holds the calls in doubt of an agent.
 */
export async function selectCancelRequestedAt(db: Database, agentId: string, ids: string[]) {
  if (ids.length === 0) return []
  return db
    .selectFrom('executions')
    .select(['id', 'attempt', 'lease_epoch', 'cancel_requested_at'])
    .where('id', 'in', ids)
    .where('agent_id', '=', agentId)
    .where('state', 'in', answerableExecutionStates)
    .where('cancel_requested_at', 'is not', null)
    .execute()
}

/** Who has some calls now, and how they stand. */
export async function selectStandings(db: Database, ids: string[]) {
  if (ids.length === 0) return []
  return db
    .selectFrom('executions')
    .select(['id', 'agent_id', 'attempt', 'lease_epoch', 'state'])
    .where('id', 'in', ids)
    .execute()
}
