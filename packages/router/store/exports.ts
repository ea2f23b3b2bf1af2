import type { ExportState } from '@xerotier/protocol/lifecycles/export.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export function selectExport(db: Database | Tx, projectId: string, id: string) {
  return db
    .selectFrom('exports')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
}

export function selectExports(
  db: Database,
  projectId: string,
  filter: { limit: number; after?: string | undefined; states?: ExportState[] | undefined },
) {
  let query = db.selectFrom('exports').selectAll().where('project_id', '=', projectId)
  if (filter.after !== undefined) query = query.where('id', '<', filter.after)
  if (filter.states !== undefined) query = query.where('state', 'in', filter.states)
  return query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** The oldest that is to be made, or was being made by a router that died. */
export function selectOpenExport(db: Database) {
  return db
    .selectFrom('exports')
    .selectAll()
    .where('state', 'in', ['pending', 'running'])
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
}

/** Of these, those that have an archive, or one that goes on where it is. */
export async function selectKeptExports(db: Database, ids: string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('exports')
    .select('id')
    .where('id', 'in', ids)
    .where('state', 'in', ['completed', 'running'])
    .execute()
  return rows.map(({ id }) => id)
}

export function selectExpiredExports(tx: Tx, now: Date, limit: number) {
  return tx
    .selectFrom('exports')
    .select('id')
    .where('state', '=', 'completed')
    .where('expires_at', '<=', now)
    .limit(limit)
    .execute()
}

/** Counts up to `max`. */
export async function countExports(tx: Tx, projectId: string, max: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from (select from exports where project_id = ${projectId} limit ${max}) as those`.execute(tx)
  return rows[0]?.count ?? 0
}
