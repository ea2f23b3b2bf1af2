import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'

/** Newest first. The index on (agent_id, xid, seq) has the `agent.` kinds only. */
export function selectAgentEvents(
  db: Database,
  agentId: string,
  page: { limit: number; before?: { xid: string; seq: string } | undefined },
) {
  let query = db
    .selectFrom('events')
    .selectAll()
    .select(actorName('events.actor', 'events.project_id').as('actor_name'))
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

/** How often the agent of an execution was lost while it had the call. */
export async function countLostAgents(db: Database | Tx, executionId: string): Promise<number> {
  const { count } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('execution_id', '=', executionId)
    .where('kind', '=', 'execution.queued')
    .where(sql<boolean>`data @> '{"lost": true}'`)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The states that an execution went through, oldest first. */
export function selectTransitions(db: Database, executionId: string) {
  return db
    .selectFrom('events')
    .selectAll()
    .select(actorName('events.actor', 'events.project_id').as('actor_name'))
    .where('execution_id', '=', executionId)
    .where(sql<boolean>`kind like 'execution.%'`)
    .orderBy('xid')
    .orderBy('seq')
    .execute()
}

/**
 * Which version of its program an agent said it had when it last came online before an event; null
 * where the log does not know it. In their order.
 */
export async function selectAgentVersions(
  db: Database,
  befores: readonly { agent_id: string | null; xid: string; seq: number }[],
): Promise<(string | null)[]> {
  const { rows } = await sql<{ version: string | null }>`
    select (
      select one.data ->> 'version' from events as one
      where one.agent_id = given.agent_id and one.kind like 'agent.%' and one.kind = 'agent.online'
        and (one.xid, one.seq) < (given.xid, given.seq)
      order by one.xid desc, one.seq desc limit 1
    ) as version
    from unnest(
      ${befores.map(({ agent_id }) => agent_id)}::text[], ${befores.map(({ xid }) => xid)}::text[]::xid8[],
      ${befores.map(({ seq }) => seq)}::bigint[]
    ) with ordinality as given (agent_id, xid, seq, place)
    order by given.place`.execute(db)
  return rows.map(({ version }) => version)
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
