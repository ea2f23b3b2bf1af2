import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

export type JoinKeyRow = Selectable<Tables['join_keys']>

export function selectJoinKey(db: Database | Tx, projectId: string, id: string) {
  return db
    .selectFrom('join_keys')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Of any project. */
export function selectJoinKeysById(db: Database | Tx, ids: string[]) {
  return db.selectFrom('join_keys').selectAll().where('id', 'in', ids).execute()
}

/** Locks the row until the transaction ends: of two enrollments with one key, one is first. */
export function lockJoinKey(tx: Tx, projectId: string, id: string) {
  return tx
    .selectFrom('join_keys')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

export function selectJoinKeys(db: Database, projectId: string, page: { limit: number; after?: string | undefined }) {
  let query = db.selectFrom('join_keys').selectAll().where('project_id', '=', projectId)
  if (page.after !== undefined) query = query.where('id', '<', page.after)
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** The key that an agent enrolled with last. */
export function selectLatestJoinKeyOf(db: Database, projectId: string, agentId: string) {
  return db
    .selectFrom('join_keys')
    .select('router_addr')
    .where('project_id', '=', projectId)
    .where('consumed_by', '=', agentId)
    .orderBy('consumed_at', 'desc')
    .executeTakeFirst()
}
