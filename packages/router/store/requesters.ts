import { sql } from 'kysely'
import type { Database } from './database.ts'

/**
 * Whoever is called so: people by id or e-mail as it is compared, keys by name or id. Of a key that
 * belongs to a person, `owner` is that person. People of this project: members, and who has asked
 * or voted here. No `exists` of those: Postgres would read the tables whole.
 */
export async function selectRequesters(
  db: Database,
  projectId: string,
  reference: string,
): Promise<{ id: string; owner: string | null }[]> {
  const { rows } = await sql<{ id: string; owner: string | null }>`
    select id, user_id as owner from api_keys where project_id = ${projectId} and (id = ${reference} or name = ${reference})
    union select id, null from users where (id = ${reference} or email_key = ${reference}) and (
      exists (select from project_members m where m.project_id = ${projectId} and m.user_id = users.id)
      or (select 1 from call_requesters c where c.project_id = ${projectId} and c.requested_by = users.id limit 1) is not null
      or (select 1 from approval_votes v where v.voter = users.id and v.project_id = ${projectId} limit 1) is not null)`.execute(
    db,
  )
  return rows
}
