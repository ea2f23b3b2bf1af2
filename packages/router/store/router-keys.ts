import { leasedAgentStates } from '@xerotier/protocol/lifecycles/agent.ts'
import { type SqlBool, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { RouterKeyRow } from './tables.ts'

/** The oldest first. */
export function selectLiveRouterKeys(db: Database | Tx): Promise<RouterKeyRow[]> {
  return db
    .selectFrom('router_keys')
    .selectAll()
    .where('use', '=', 'curve')
    .where('state', '!=', 'retired')
    .orderBy('made_at')
    .orderBy('id')
    .execute()
}

export async function existsRouterKey(db: Database | Tx, publicKey: string): Promise<boolean> {
  const row = await db.selectFrom('router_keys').select('id').where('public_key', '=', publicKey).executeTakeFirst()
  return row !== undefined
}

/** How many rotations that can be rolled back still are to dial it. */
export async function countOpenRotationsTo(db: Database | Tx, id: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from rotations
    where router_key_id = ${id} and state in ('requested', 'acknowledged')`.execute(db)
  return rows[0]?.count ?? 0
}

export interface Dependents {
  /** Enrolled agents that dial it, but for those that have been away for long. */
  all: number
  /** Of these, those that no router can tell of another. */
  unaware: number
  /** Of these, those that have a session. */
  connected: number
}

/**
 * @param newcomersSince an agent that enrolled since then and never came is taken for one that
 * cannot be told
 */
export async function countDependents(db: Database | Tx, id: string, newcomersSince: Date): Promise<Dependents> {
  const unaware = sql<SqlBool>`(features is not null and not 'rotation' = any(features))
    or (features is null and enrolled_at > ${newcomersSince})`
  const { rows } = await sql<Dependents>`
    select count(*)::int as all, (count(*) filter (where ${unaware}))::int as unaware,
      (count(*) filter (where state = any(${leasedAgentStates}::text[])))::int as connected
    from agents
    where router_key_id = ${id} and deleted_at is null and state not in ('suspended', 'dead')`.execute(db)
  return rows[0] ?? { all: 0, unaware: 0, connected: 0 }
}
