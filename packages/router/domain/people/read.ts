import type { Database, Tx } from '../../store/database.ts'
import { selectCurrentDelegations } from '../../store/delegations.ts'
import { selectGroupsWithMembers } from '../../store/groups.ts'
import { selectPeople } from '../../store/people.ts'
import type { People } from './people.ts'

/**
 * The people of a project as the transaction sees them.
 * @param now delegations that ended before are left out
 */
export async function readPeople(tx: Database | Tx, projectId: string, now: Date): Promise<People> {
  const members = await selectPeople(tx, projectId)
  const users = new Map(members.map(({ id, email, name, active, role }) => [id, { email, name, active, role }]))
  const groups = new Map<string, Set<string>>()
  for (const { name, user_id } of await selectGroupsWithMembers(tx, projectId)) {
    const group = groups.get(name) ?? new Set()
    if (user_id !== null && users.get(user_id)?.active === true) group.add(user_id)
    groups.set(name, group)
  }
  const delegations = (await selectCurrentDelegations(tx, projectId, now)).map((row) => ({
    id: row.id,
    kind: row.kind,
    from: row.from_user,
    to: row.to_user,
    risks: row.risks,
    workspaces: row.workspaces?.map(({ id }) => id) ?? null,
    startsAt: row.starts_at.getTime(),
    endsAt: row.ends_at.getTime(),
  }))
  return { users, groups, delegations }
}
