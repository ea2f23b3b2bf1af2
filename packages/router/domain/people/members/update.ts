import type { memberUpdateSchema, ProjectMember } from '@xerotier/protocol/api/members.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { ProjectRole } from '@xerotier/protocol/roles.ts'
import type { z } from 'zod'
import type { Tx } from '../../../store/database.ts'
import { selectOwnedProjects, selectProjectsOf, selectUser } from '../../../store/people.ts'
import type { Member } from '../../actor.ts'
import type { Writing } from '../../events/write.ts'
import type { Records } from '../../records.ts'
import { changePeople, type RemembersPeople, requireManaged } from '../change.ts'
import { findMember } from '../find.ts'
import { presentMember } from './read.ts'

type Changes = z.output<typeof memberUpdateSchema>

/**
 * Changes what somebody is in the project, or in the whole installation. It counts at once: a
 * request of theirs that comes after the answer is met as what they are now.
 * @throws Fault member_not_found, admin_required, last_owner, last_management_key
 */
export function updateMember(
  core: Records & RemembersPeople,
  actor: Member,
  reference: string,
  { role, ...ofUser }: Changes,
): Promise<ProjectMember> {
  return changePeople(core, actor, async (writing) => {
    const { tx, now, after } = writing
    const member = await findMember(tx, actor.projectId, reference)
    const { id } = member
    const ownedBefore = await selectOwnedProjects(tx, id)
    if (role !== undefined && role !== member.role) await setRole(writing, actor, id, role)
    await updateUser(writing, actor, id, ofUser)
    const ownedNow = await selectOwnedProjects(tx, id)
    for (const projectId of ownedBefore) {
      if (!ownedNow.includes(projectId)) await requireManaged(tx, projectId, now)
    }
    after(() => core.keyring.forgetPerson(id))
    return presentMember(await findMember(tx, actor.projectId, id))
  })
}

async function setRole({ tx, append }: Writing, actor: Member, userId: string, role: ProjectRole): Promise<void> {
  const { projectId: project_id } = actor
  await tx
    .updateTable('project_members')
    .set({ role })
    .where('project_id', '=', project_id)
    .where('user_id', '=', userId)
    .execute()
  append({ project_id, kind: 'member.updated', actor, data: { user_id: userId, role } })
}

async function updateUser(
  { tx, now, append }: Writing,
  actor: Member,
  userId: string,
  given: Omit<Changes, 'role'>,
): Promise<void> {
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  if (Object.keys(changes).length === 0) return
  if (!(await mayChangeUser(tx, actor, userId, given.system_role !== undefined))) throw new Fault('admin_required')
  await tx
    .updateTable('users')
    .set({ ...changes, updated_at: now })
    .where('id', '=', userId)
    .execute()
  append({ project_id: actor.projectId, kind: 'user.updated', actor, data: { user_id: userId, ...changes } })
}

/** Admins may; owners, where nobody else's project has that person. */
async function mayChangeUser(tx: Tx, actor: Member, userId: string, needsAdmin: boolean): Promise<boolean> {
  const self = actor.kind === 'person' ? await selectUser(tx, actor.id) : undefined
  if (self?.system_role === 'admin') return true
  return !needsAdmin && (await selectProjectsOf(tx, userId)).every((id) => id === actor.projectId)
}
