import type { ProjectMember } from '@xerotier/protocol/api/members.ts'
import type { Member } from '../../actor.ts'
import type { Writing } from '../../events/write.ts'
import { dropDevices } from '../../push-devices/drop.ts'
import type { Records } from '../../records.ts'
import { changePeople, type RemembersPeople, requireManaged } from '../change.ts'
import { endDelegations } from '../delegations/end.ts'
import { findMember } from '../find.ts'
import { presentMember } from './read.ts'

/**
 * Takes somebody out of the project, and with them their keys, their places in groups and what was
 * delegated from or to them: should they come back, nothing of it does.
 * @returns what they were
 * @throws Fault member_not_found, last_owner, last_management_key
 */
export function removeMember(
  core: Records & RemembersPeople,
  actor: Member,
  reference: string,
): Promise<ProjectMember> {
  const { projectId } = actor
  return changePeople(core, actor, async (writing) => {
    const { tx, now, append, after } = writing
    const member = await findMember(tx, projectId, reference)
    const { id, email, role, groups } = member
    await endDelegations(writing, actor, (all) =>
      all.where((where) => where.or([where('from_user', '=', id), where('to_user', '=', id)])),
    )
    await revokeKeys(writing, actor, id)
    await dropDevices(writing, actor, { projectId, userId: id }, 'Its person is no member any more.')
    await tx.deleteFrom('project_members').where('project_id', '=', projectId).where('user_id', '=', id).execute()
    append({ project_id: projectId, kind: 'member.removed', actor, data: { user_id: id, email, role, groups } })
    if (role === 'owner' && member.active) await requireManaged(tx, projectId, now)
    after(() => core.keyring.forgetPerson(id))
    return presentMember(member)
  })
}

async function revokeKeys({ tx, now, append }: Writing, actor: Member, userId: string): Promise<void> {
  const revoked = await tx
    .updateTable('api_keys')
    .set({ revoked_at: now, previous_hash: null, previous_expires_at: null })
    .where('project_id', '=', actor.projectId)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()
  for (const { id } of revoked) {
    append({ project_id: actor.projectId, kind: 'api_key.revoked', actor, data: { api_key_id: id } })
  }
}
