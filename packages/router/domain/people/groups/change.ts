// What can be changed about groups, each verb with its event. A policy asks by the name of a group,
// so a group keeps its name.
import type { Group, groupCreateSchema } from '@xerotier/protocol/api/groups.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { z } from 'zod'
import { countGroups } from '../../../store/groups.ts'
import { uniqueViolation } from '../../../store/unique-violation.ts'
import type { Member } from '../../actor.ts'
import type { Writing } from '../../events/write.ts'
import { newId } from '../../ids.ts'
import type { Records } from '../../records.ts'
import { changePeople } from '../change.ts'
import { findMember } from '../find.ts'
import { findGroup, presentGroup } from './read.ts'

/** @throws Fault name_taken, member_not_found, limit_reached */
export async function createGroup(
  core: Records,
  actor: Member,
  { name, members }: z.output<typeof groupCreateSchema>,
): Promise<Group> {
  const { projectId: project_id } = actor
  try {
    return await changePeople(core, actor, async (writing) => {
      const { tx, now, append } = writing
      const count = await countGroups(tx, project_id)
      if (count >= limits.groupsPerProject) {
        throw new Fault('limit_reached', { message: `The project has ${count} groups, which is the limit.` })
      }
      const id = newId('grp', now.getTime())
      const group = { id, project_id, name, created_by: actor.id, created_at: now }
      await tx.insertInto('groups').values(group).execute()
      const users = new Set<string>()
      for (const [at, reference] of members.entries()) {
        users.add((await findMember(tx, project_id, reference, `members.${at}`)).id)
      }
      append({ project_id, kind: 'group.created', actor, data: { group_id: id, name, user_ids: [...users] } })
      for (const user of users) await insertGroupMember(writing, actor, project_id, id, user)
      return presentGroup(await findGroup(tx, project_id, id))
    })
  } catch (error) {
    if (uniqueViolation(error) === 'groups_name') throw new Fault('name_taken', { param: 'name' })
    throw error
  }
}

/**
 * A group that policies name can go: their stages say that they have nobody left.
 * @returns what it was
 * @throws Fault group_not_found
 */
export function deleteGroup(core: Records, actor: Member, reference: string): Promise<Group> {
  const { projectId: project_id } = actor
  return changePeople(core, actor, async ({ tx, append }) => {
    const group = await findGroup(tx, project_id, reference)
    const { id, name } = group
    await tx.deleteFrom('groups').where('id', '=', id).execute()
    append({ project_id, kind: 'group.deleted', actor, data: { group_id: id, name } })
    return presentGroup(group)
  })
}

/**
 * Once is enough: who is in it already stays.
 * @throws Fault group_not_found, member_not_found, limit_reached
 */
export function addToGroup(core: Records, actor: Member, reference: string, who: string): Promise<Group> {
  const { projectId: project_id } = actor
  return changePeople(core, actor, async (writing) => {
    const { tx, append } = writing
    const { id, name, members } = await findGroup(tx, project_id, reference)
    const user = await findMember(tx, project_id, who, 'member')
    if (members.every((member) => member.id !== user.id)) {
      if (members.length >= limits.membersPerGroup) {
        throw new Fault('limit_reached', { message: `The group has ${members.length} members, which is the limit.` })
      }
      await insertGroupMember(writing, actor, project_id, id, user.id)
      append({ project_id, kind: 'group.updated', actor, data: { group_id: id, name, added: user.id } })
    }
    return presentGroup(await findGroup(tx, project_id, id))
  })
}

/** @throws Fault group_not_found, member_not_found when they are not in it */
export function removeFromGroup(core: Records, actor: Member, reference: string, who: string): Promise<Group> {
  const { projectId: project_id } = actor
  return changePeople(core, actor, async ({ tx, append }) => {
    const { id, name, members } = await findGroup(tx, project_id, reference)
    const user = await findMember(tx, project_id, who, 'member')
    if (members.every((member) => member.id !== user.id)) {
      throw new Fault('member_not_found', { param: 'member', message: `${user.name} is not in the group ${name}.` })
    }
    await tx.deleteFrom('group_members').where('group_id', '=', id).where('user_id', '=', user.id).execute()
    append({ project_id, kind: 'group.updated', actor, data: { group_id: id, name, removed: user.id } })
    return presentGroup(await findGroup(tx, project_id, id))
  })
}

/** @param by who put them in: an owner, or they themselves by an invitation */
export async function insertGroupMember(
  { tx, now }: Writing,
  by: Member,
  project_id: string,
  group_id: string,
  user_id: string,
): Promise<void> {
  await tx
    .insertInto('group_members')
    .values({ group_id, project_id, user_id, added_by: by.id, added_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
