import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

export type ProjectRow = Selectable<Tables['projects']>

export function selectProject(db: Database | Tx, id: string) {
  return db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Until the transaction ends, nobody else changes it, holds something of it or removes of it. */
export function lockProject(tx: Tx, id: string): Promise<ProjectRow | undefined> {
  return tx.selectFrom('projects').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

export async function selectSlug(db: Database | Tx, id: string): Promise<string> {
  const { slug } = await db.selectFrom('projects').select('slug').where('id', '=', id).executeTakeFirstOrThrow()
  return slug
}

/** Those that have what their calls carry encrypted. */
export function selectEncryptingProjects(db: Database) {
  return db.selectFrom('projects').select('id').where('encrypt_calls', '=', true).execute()
}

/** Any constant will do; this one is ours. */
const lockId = 7_237_002

/** All of them. Until the transaction ends, nobody else who asks so gets an answer. */
export async function lockProjects(tx: Tx) {
  await tx.selectNoFrom((make) => make.fn('pg_advisory_xact_lock', [make.val(lockId)]).as('lock')).execute()
  return tx.selectFrom('projects').select(['id', 'slug']).execute()
}
