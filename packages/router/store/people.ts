import { type Selectable, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

export type UserRow = Selectable<Tables['users']>

/** Any constant will do; this one is ours. */
const lockId = 7_237_005

/** Until the transaction ends, nobody else who asks so gets an answer. */
export async function lockPeople(tx: Tx): Promise<void> {
  await tx.selectNoFrom((make) => make.fn('pg_advisory_xact_lock', [make.val(lockId)]).as('lock')).execute()
}

/** Every member of a project. */
export function selectPeople(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .select(['users.id', 'users.email', 'users.name', 'users.active', 'project_members.role'])
    .where('project_members.project_id', '=', projectId)
    .orderBy('users.id')
    .execute()
}

/** One member of a project. */
export function selectPerson(db: Database | Tx, projectId: string, userId: string) {
  return db
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .select(['users.id', 'users.email', 'users.name', 'users.active', 'project_members.role'])
    .where('project_members.project_id', '=', projectId)
    .where('users.id', '=', userId)
    .executeTakeFirst()
}

export function selectUser(db: Database | Tx, id: string): Promise<UserRow | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
}

/** @param key the e-mail as it is compared */
export function selectUserByEmail(db: Database | Tx, key: string): Promise<UserRow | undefined> {
  return db.selectFrom('users').selectAll().where('email_key', '=', key).executeTakeFirst()
}

/** The projects that somebody is a member of. */
export async function selectProjectsOf(db: Database | Tx, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('project_members')
    .select('project_id')
    .where('user_id', '=', userId)
    .orderBy('project_id')
    .execute()
  return rows.map(({ project_id }) => project_id)
}

/** What an active person is in a project; undefined for who is no member, or was deactivated. */
export async function selectActiveRole(db: Database | Tx, projectId: string, userId: string) {
  const row = await db
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .select('project_members.role')
    .where('project_members.project_id', '=', projectId)
    .where('project_members.user_id', '=', userId)
    .where('users.active', '=', true)
    .executeTakeFirst()
  return row?.role
}

/** Whether the project has an owner who is active. */
export async function hasOwner(db: Database | Tx, projectId: string): Promise<boolean> {
  const row = await db
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .select(sql.lit(1).as('one'))
    .where('project_members.project_id', '=', projectId)
    .where('project_members.role', '=', 'owner')
    .where('users.active', '=', true)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The projects that somebody owns, as far as they count for anything. */
export async function selectOwnedProjects(tx: Tx, userId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .select('project_members.project_id')
    .where('project_members.user_id', '=', userId)
    .where('project_members.role', '=', 'owner')
    .where('users.active', '=', true)
    .execute()
  return rows.map(({ project_id }) => project_id)
}
