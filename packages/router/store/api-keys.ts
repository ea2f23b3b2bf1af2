import { type Selectable, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

type KeyColumns = Selectable<Tables['api_keys']>
/** With the e-mail of whose it is. */
export type ApiKeyRow = KeyColumns & { user_email: string | null }

/**
 * The key whose value has this SHA-256, now or before its last rotation, with the slug of its
 * project
 * and whom it belongs to.
 */
export function selectApiKeyByHash(db: Database, hash: Buffer) {
  return db
    .selectFrom('api_keys')
    .innerJoin('projects', 'projects.id', 'api_keys.project_id')
    .leftJoin('users', 'users.id', 'api_keys.user_id')
    .leftJoin('project_members', (join) =>
      join
        .onRef('project_members.project_id', '=', 'api_keys.project_id')
        .onRef('project_members.user_id', '=', 'api_keys.user_id'),
    )
    .selectAll('api_keys')
    .select('projects.slug as project_slug')
    .select(['users.name as user_name', 'users.email as user_email', 'users.active as user_active'])
    .select('project_members.role as user_role')
    .where((where) => where.or([where('hash', '=', hash), where('previous_hash', '=', hash)]))
    .executeTakeFirst()
}

export function selectApiKey(db: Database, projectId: string, id: string) {
  return db
    .selectFrom('api_keys')
    .selectAll()
    .select(emailOfKey)
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Locks the row until the transaction ends: of two rotations at once none is lost. */
export function lockApiKey(tx: Tx, projectId: string, id: string) {
  return tx
    .selectFrom('api_keys')
    .selectAll()
    .select(emailOfKey)
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** The e-mail of whose a key is. */
export const emailOfKey = sql<string | null>`(select email from users where users.id = api_keys.user_id)`.as(
  'user_email',
)

/**
 * The keys of a project that may manage it now: service keys, and those of owners. Of two who look
 * at once, the second waits for the end of the first.
 */
export async function lockManagementKeys(tx: Tx, projectId: string, now: Date): Promise<Pick<ApiKeyRow, 'id'>[]> {
  // The project is locked, and not the keys: two who revoke each other's hold one already, and
  // would wait for ever.
  await tx.selectFrom('projects').select('id').where('id', '=', projectId).forNoKeyUpdate().execute()
  return tx
    .selectFrom('api_keys')
    .select('id')
    .where('project_id', '=', projectId)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .where(sql<boolean>`'management' = any(scopes)`)
    .where(
      sql<boolean>`(user_id is null or exists (select from project_members join users on users.id = project_members.user_id
        where project_members.project_id = api_keys.project_id and project_members.user_id = api_keys.user_id
          and users.active and project_members.role = 'owner'))`,
    )
    .execute()
}

export function selectApiKeys(db: Database, projectId: string, page: { limit: number; after?: string | undefined }) {
  let query = db.selectFrom('api_keys').selectAll().select(emailOfKey).where('project_id', '=', projectId)
  if (page.after !== undefined) query = query.where('id', '<', page.after)
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/**
 * The ids of a key, of the person it belongs to, and of the keys and people that made it or gave it
 * another value, over any number of steps.
 */
export async function selectKeyLine(db: Database | Tx, keyId: string): Promise<string[]> {
  const { rows } = await sql<{ ids: string[] }>`
    with recursive line as (
      select id, user_id, array_append(rotated_by, created_by) as held_by from api_keys where id = ${keyId}
      union
      select parent.id, parent.user_id, array_append(parent.rotated_by, parent.created_by)
      from line join api_keys parent on parent.id = any(line.held_by)
    )
    select array_remove(array[id, user_id] || held_by, null) as ids from line`.execute(db)
  return rows.flatMap(({ ids }) => ids)
}

/** Which of these keys are not of this person: service keys, too. */
export function selectKeysOfOthers(db: Database | Tx, ids: readonly string[], userId: string) {
  return db
    .selectFrom('api_keys')
    .select('id')
    .where('id', 'in', ids)
    .where((where) => where.or([where('user_id', 'is', null), where('user_id', '!=', userId)]))
    .execute()
}
