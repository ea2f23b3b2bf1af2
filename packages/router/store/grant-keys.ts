import { features } from '@xerotier/protocol/features.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import type { GrantKeyRow } from './tables.ts'

/** The newest first. */
export function selectLiveGrantKeys(db: Database | Tx): Promise<GrantKeyRow[]> {
  return db
    .selectFrom('grant_keys')
    .selectAll()
    .where('state', '!=', 'retired')
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

/** With the names of who made them, each as its own project knows it. */
export function selectNamedGrantKeys(db: Database) {
  return db
    .selectFrom('grant_keys')
    .selectAll()
    .select(actorName('grant_keys.made_by', 'grant_keys.project_id').as('made_by_name'))
    .where('state', '!=', 'retired')
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

export interface Statement {
  public_key: string
  signer: string
  statement: Buffer
}

/** How the newest keys came to be trusted, the oldest first. */
export async function selectGrantKeyStatements(db: Database | Tx, most: number): Promise<Statement[]> {
  const rows = await db
    .selectFrom('grant_keys')
    .select(['public_key', 'signer', 'statement'])
    .where('statement', 'is not', null)
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return rows
    .flatMap(({ public_key, signer, statement }) =>
      signer === null || statement === null ? [] : [{ public_key, signer, statement }],
    )
    .toReversed()
}

export async function existsGrantKey(db: Database | Tx, publicKey: string): Promise<boolean> {
  const row = await db.selectFrom('grant_keys').select('id').where('public_key', '=', publicKey).executeTakeFirst()
  return row !== undefined
}

/** Agents that came once, and said that nobody can tell them of another key. */
export async function countUnawareOfGrantKeys(db: Database | Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from agents
    where deleted_at is null and state not in ('suspended', 'dead')
      and features is not null and not ${features.grant_keys} = any(features)`.execute(db)
  return rows[0]?.count ?? 0
}

/** Whose operator had it made; null for the first. */
export async function selectProjectOfGrantKey(tx: Tx, id: string): Promise<string | null> {
  const row = await tx.selectFrom('grant_keys').select('project_id').where('id', '=', id).executeTakeFirst()
  return row?.project_id ?? null
}
