import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

type DelegationRow = Selectable<Tables['delegations']>

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

/** A row for each member of each group, and one without a member for a group that has none. */
export function selectGroupsWithMembers(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('groups')
    .leftJoin('group_members', 'group_members.group_id', 'groups.id')
    .select(['groups.id', 'groups.name', 'group_members.user_id'])
    .where('groups.project_id', '=', projectId)
    .orderBy('groups.id')
    .execute()
}

/** Those that hold now or will, which nobody ended. */
export function selectCurrentDelegations(db: Database | Tx, projectId: string, now: Date): Promise<DelegationRow[]> {
  return db
    .selectFrom('delegations')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('ended_at', 'is', null)
    .where('ends_at', '>', now)
    .orderBy('id')
    .execute()
}
