import type { QuietHours } from '@xerotier/protocol/api/quiet-hours.ts'
import type { ProjectRole } from '@xerotier/protocol/roles.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'

function members(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .select(['users.id', 'users.email', 'users.name', 'users.active', 'users.system_role'])
    .select(['project_members.role', 'project_members.added_by', 'project_members.added_at'])
    .select('project_members.quiet_hours')
    .select(actorName('project_members.added_by', 'project_members.project_id').as('added_by_name'))
    .select(
      sql<string[]>`array(select groups.name from group_members join groups on groups.id = group_members.group_id
        where group_members.project_id = project_members.project_id and group_members.user_id = project_members.user_id
        order by groups.name)`.as('groups'),
    )
    .where('project_members.project_id', '=', projectId)
}
export type MemberRow = Awaited<ReturnType<ReturnType<typeof members>['execute']>>[number]

/** @param who the id of a person, or an e-mail as it is compared */
export function selectMember(db: Database | Tx, projectId: string, who: string): Promise<MemberRow | undefined> {
  return members(db, projectId)
    .where(who.includes('@') ? 'users.email_key' : 'users.id', '=', who)
    .executeTakeFirst()
}

/** Those who came last come first. */
export function selectMembers(
  db: Database,
  projectId: string,
  { limit, after, role }: { limit: number; after?: string | undefined; role?: ProjectRole | undefined },
): Promise<MemberRow[]> {
  let query = members(db, projectId)
  if (after !== undefined) query = query.where('project_members.user_id', '<', after)
  if (role !== undefined) query = query.where('project_members.role', '=', role)
  return query
    .orderBy('project_members.user_id', 'desc')
    .limit(limit + 1)
    .execute()
}

export async function countMembers(tx: Tx, projectId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('project_members')
    .select((make) => make.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .executeTakeFirstOrThrow()
  return count
}

/** Those of the members of these projects; null where somebody has set none. */
export async function selectQuietHours(tx: Tx, projectIds: readonly string[]): Promise<QuietHoursOf> {
  if (projectIds.length === 0) return () => null
  const rows = await tx
    .selectFrom('project_members')
    .select(['project_id', 'user_id', 'quiet_hours'])
    .where('project_id', 'in', projectIds)
    .where('quiet_hours', 'is not', null)
    .execute()
  const set = new Map(rows.map((row) => [`${row.project_id}/${row.user_id}`, row.quiet_hours]))
  return (projectId, userId) => set.get(`${projectId}/${userId}`) ?? null
}

export type QuietHoursOf = (projectId: string, userId: string) => QuietHours | null
