import { sql } from 'kysely'
import { keyName } from './api-keys.ts'
import type { Database } from './database.ts'

/** An actor is a key, an agent, or `router`, which has no name. */
const actorName = sql<string | null>`coalesce(${keyName('events.actor', 'events.project_id')},
  (select agents.name from agents where agents.id = events.actor and agents.project_id = events.project_id))`

/** The names of those who did something in a project, by id; without those that have none there. */
export async function selectActorNames(db: Database, projectId: string, actors: Iterable<string>) {
  const ids = [...new Set(actors)].filter((actor) => actor !== 'router')
  if (ids.length === 0) return new Map<string, string>()
  const keys = db
    .selectFrom('api_keys')
    .select(['id', 'name'])
    .where('project_id', '=', projectId)
    .where('id', 'in', ids)
  const agents = db
    .selectFrom('agents')
    .select(['id', 'name'])
    .where('project_id', '=', projectId)
    .where('id', 'in', ids)
  return new Map((await keys.unionAll(agents).execute()).map(({ id, name }) => [id, name]))
}

/** Newest first. The index on (agent_id, xid, seq) has the `agent.` kinds only. */
export function selectAgentEvents(
  db: Database,
  agentId: string,
  page: { limit: number; before?: { xid: string; seq: string } | undefined },
) {
  let query = db
    .selectFrom('events')
    .selectAll()
    .select(actorName.as('actor_name'))
    .where('agent_id', '=', agentId)
    .where(sql<boolean>`kind like 'agent.%'`)
  if (page.before !== undefined) {
    query = query.where(sql<boolean>`(xid, seq) < (${page.before.xid}::xid8, ${page.before.seq}::bigint)`)
  }
  return query
    .orderBy('xid', 'desc')
    .orderBy('seq', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** The states that an execution went through, oldest first. */
export function selectTransitions(db: Database, executionId: string) {
  return db
    .selectFrom('events')
    .selectAll()
    .select(actorName.as('actor_name'))
    .where('execution_id', '=', executionId)
    .where(sql<boolean>`kind like 'execution.%'`)
    .orderBy('xid')
    .orderBy('seq')
    .execute()
}

/** The first and the last event of an execution. */
export async function selectExecutionEnds(db: Database, executionId: string) {
  const rows = await db
    .selectFrom('events')
    .select([sql<string>`xid::text`.as('xid'), sql<string>`seq::text`.as('seq'), 'kind'])
    .where('execution_id', '=', executionId)
    .orderBy('events.xid')
    .orderBy('events.seq')
    .execute()
  return { first: rows[0], last: rows.findLast((row) => row.kind.startsWith('execution.')) }
}
