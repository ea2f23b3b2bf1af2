import type { memberAddSchema, ProjectMember } from '@xerotier/protocol/api/members.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ProjectRole } from '@xerotier/protocol/roles.ts'
import type { z } from 'zod'
import { countMembers } from '../../../store/members.ts'
import { selectActiveRole, type UserRow } from '../../../store/people.ts'
import type { Member } from '../../actor.ts'
import type { Writing } from '../../events/write.ts'
import type { Records } from '../../records.ts'
import { changePeople } from '../change.ts'
import { findMember, findUserByEmail } from '../find.ts'
import { presentMember } from './read.ts'

/** @throws Fault user_not_found, user_inactive, already_member, limit_reached */
export function addMember(
  core: Records,
  actor: Member,
  { email, role }: z.output<typeof memberAddSchema>,
): Promise<ProjectMember> {
  return changePeople(core, actor, async (writing) => {
    const user = await findUserByEmail(writing.tx, email)
    if (user === undefined) throw new Fault('user_not_found', { param: 'email' })
    if (!user.active) throw new Fault('user_inactive', { param: 'email' })
    if ((await selectActiveRole(writing.tx, actor.projectId, user.id)) !== undefined) {
      throw new Fault('already_member', { param: 'email' })
    }
    await insertMember(writing, actor, actor.projectId, user, role)
    return presentMember(await findMember(writing.tx, actor.projectId, user.id))
  })
}

/**
 * Makes an active person a member.
 * @param by who made them one: an owner, or they themselves by an invitation
 * @throws Fault limit_reached
 */
export async function insertMember(
  { tx, now, append }: Writing,
  by: Member,
  project_id: string,
  { id, email }: Pick<UserRow, 'id' | 'email'>,
  role: ProjectRole,
): Promise<void> {
  const count = await countMembers(tx, project_id)
  if (count >= limits.membersPerProject) {
    throw new Fault('limit_reached', { message: `The project has ${count} members, which is the limit.` })
  }
  const row = { project_id, user_id: id, role, added_by: by.id, added_at: now }
  await tx.insertInto('project_members').values(row).execute()
  append({ project_id, kind: 'member.added', actor: by, data: { user_id: id, email, role } })
}
