import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'

interface GroupMember {
  id: string
  name: string
  email: string
  active: boolean
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

function named(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('groups')
    .selectAll('groups')
    .select(actorName('groups.created_by', 'groups.project_id').as('created_by_name'))
    .select(
      sql<GroupMember[]>`(select coalesce(jsonb_agg(jsonb_build_object(
          'id', users.id, 'name', users.name, 'email', users.email, 'active', users.active) order by users.id), '[]')
        from group_members join users on users.id = group_members.user_id where group_members.group_id = groups.id)`.as(
        'members',
      ),
    )
    .where('groups.project_id', '=', projectId)
}
export type GroupRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

/** By id or name. Names cannot hold `_`, so no name looks like an id. */
export function selectGroup(db: Database | Tx, projectId: string, reference: string): Promise<GroupRow | undefined> {
  const query = named(db, projectId)
  return reference.startsWith('grp_')
    ? query.where('groups.id', '=', reference).executeTakeFirst()
    : query.where(sql`lower(groups.name)`, '=', reference.toLowerCase()).executeTakeFirst()
}

/** Newest first. */
export function selectGroups(
  db: Database,
  projectId: string,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<GroupRow[]> {
  let query = named(db, projectId)
  if (after !== undefined) query = query.where('groups.id', '<', after)
  return query
    .orderBy('groups.id', 'desc')
    .limit(limit + 1)
    .execute()
}

export async function countGroups(tx: Tx, projectId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('groups')
    .select((make) => make.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .executeTakeFirstOrThrow()
  return count
}

/** Those of some groups that are still there. */
export async function selectKnownGroups(tx: Tx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await tx.selectFrom('groups').select('id').where('id', 'in', ids).execute()
  return rows.map(({ id }) => id)
}
