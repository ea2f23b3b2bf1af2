import { type Selectable, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

export type SessionRow = Selectable<Tables['sessions']>

/** Not ended, not past its time, and not left alone for too long. */
export interface Living {
  now: Date
  idleSince: Date
}

/** Of a member whose sessions an owner has ended, one that was opened since. */
const opensIn = sql<boolean>`coalesce(sessions.created_at >= project_members.sessions_since, true)`

/**
 * The living session of this SHA-256, with who it is, what they are in its project, and the key
 * that it came of.
 */
export function selectSession(db: Database | Tx, hash: Buffer, { now, idleSince }: Living) {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .innerJoin('projects', 'projects.id', 'sessions.project_id')
    .innerJoin('project_members', (join) =>
      join
        .onRef('project_members.project_id', '=', 'sessions.project_id')
        .onRef('project_members.user_id', '=', 'sessions.user_id'),
    )
    .leftJoin('api_keys', 'api_keys.id', 'sessions.key_id')
    .selectAll('sessions')
    .select(['users.name as user_name', 'users.email as user_email', 'project_members.role as role'])
    .select(['projects.slug as project_slug', 'projects.name as project_name', 'projects.required_login'])
    .select(['api_keys.name as key_name', 'api_keys.scopes as key_scopes', 'api_keys.workspaces as key_workspaces'])
    .select(['api_keys.ip_filter as key_ip_filter', 'api_keys.expires_at as key_expires_at'])
    .where('sessions.token_hash', '=', hash)
    .where('sessions.ended_at', 'is', null)
    .where('sessions.expires_at', '>', now)
    .where('sessions.seen_at', '>', idleSince)
    .where('users.active', '=', true)
    .where(opensIn)
    .where('api_keys.revoked_at', 'is', null)
    .where((where) => where.or([where('api_keys.expires_at', 'is', null), where('api_keys.expires_at', '>', now)]))
    .executeTakeFirst()
}
export type FoundSession = NonNullable<Awaited<ReturnType<typeof selectSession>>>

/** Newest first. */
export function selectSessions(db: Database | Tx, userId: string, { now, idleSince }: Living): Promise<SessionRow[]> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .where('seen_at', '>', idleSince)
    .orderBy('id', 'desc')
    .execute()
}

/** That look at a project now, newest first, with whose they are: of everybody, or of one. */
export function selectSessionsIn(
  db: Database | Tx,
  projectId: string,
  { now, idleSince }: Living,
  { id, userId, after, limit }: { id?: string; userId?: string | undefined; after?: string | undefined; limit: number },
) {
  let sessions = db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('api_keys', 'api_keys.id', 'sessions.key_id')
    .selectAll('sessions')
    .select(['users.name as user_name', 'users.email as user_email', 'api_keys.name as key_name'])
    .where('sessions.project_id', '=', projectId)
    .where('sessions.ended_at', 'is', null)
    .where('sessions.expires_at', '>', now)
    .where('sessions.seen_at', '>', idleSince)
  if (id !== undefined) sessions = sessions.where('sessions.id', '=', id)
  if (userId !== undefined) sessions = sessions.where('sessions.user_id', '=', userId)
  if (after !== undefined) sessions = sessions.where('sessions.id', '<', after)
  return sessions.orderBy('sessions.id', 'desc').limit(limit).execute()
}
export type SessionInProject = Awaited<ReturnType<typeof selectSessionsIn>>[number]

/** A link that nobody has used, locked until the transaction ends. */
export function lockLoginLink(tx: Tx, hash: Buffer, now: Date) {
  return tx
    .selectFrom('login_links')
    .select(['id', 'project_id', 'user_id', 'key_id'])
    .where('token_hash', '=', hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .forUpdate()
    .executeTakeFirst()
}

/**
 * Where somebody is a member, by name.
 * @param openedAt of a session of theirs: where that may come in
 */
export function selectMemberships(db: Database | Tx, userId: string, openedAt?: Date) {
  const memberships = db
    .selectFrom('project_members')
    .innerJoin('projects', 'projects.id', 'project_members.project_id')
    .select(['projects.id', 'projects.slug', 'projects.name', 'project_members.role'])
    .where('project_members.user_id', '=', userId)
    .orderBy('projects.slug')
  if (openedAt === undefined) return memberships.execute()
  return memberships
    .where(({ or, eb }) => or([eb('sessions_since', 'is', null), eb('sessions_since', '<=', openedAt)]))
    .execute()
}

export function selectPassword(db: Database | Tx, userId: string) {
  return db.selectFrom('passwords').select('hash').where('user_id', '=', userId).executeTakeFirst()
}

/** Nobody else changes what guards their account until the transaction ends. */
export function lockPerson(tx: Tx, userId: string) {
  return tx
    .selectFrom('users')
    .select(['id', 'name', 'email', 'active'])
    .where('id', '=', userId)
    .forUpdate()
    .executeTakeFirst()
}
