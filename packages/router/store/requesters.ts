import { sql } from 'kysely'
import type { Database } from './database.ts'

/**
 * Whoever is called so: people by id or e-mail as it is compared, keys by name or id. Of a key that
 * belongs to a person, `owner` is that person.
 */
export async function selectRequesters(
  db: Database,
  projectId: string,
  reference: string,
): Promise<{ id: string; owner: string | null }[]> {
  const { rows } = await sql<{ id: string; owner: string | null }>`
    select id, user_id as owner from api_keys where project_id = ${projectId} and (id = ${reference} or name = ${reference})
    union select id, null from users where id = ${reference} or email_key = ${reference}`.execute(db)
  return rows
}
