// Somebody comes with the token of an invitation, and is a member then. Who they are otherwise,
// such as by a password, is the business of the door that they come by.
import { Fault, type FaultDetail } from '@xerotier/protocol/errors.ts'
import type { ProjectRole } from '@xerotier/protocol/roles.ts'
import { selectKnownGroups } from '../../../store/groups.ts'
import { type InvitationRow, lockInvitationByToken, lockInvitationsTo } from '../../../store/invitations.ts'
import { lockPeople, selectActiveRole, type UserRow } from '../../../store/people.ts'
import { type PersonActor, personActor } from '../../actor.ts'
import type { Writing } from '../../events/write.ts'
import { moveInvitation } from '../../lifecycles/invitation.ts'
import { findUserByEmail } from '../find.ts'
import { insertGroupMember } from '../groups/change.ts'
import { insertMember } from '../members/add.ts'
import { newUser } from '../new-user.ts'
import { stateAt } from './read.ts'
import { invitationTokenHash } from './token.ts'

export interface Accepted {
  projectId: string
  role: ProjectRole
  /** Who was invited, as they act from now on. */
  person: PersonActor
}

/**
 * Makes whoever was invited a person of the router, unless they are one, and a member of the
 * project, with its groups that are still there.
 * @param name of effect for somebody new
 * @throws Fault invitation_invalid, invitation_expired, invitation_revoked, invitation_accepted
 * @throws Fault user_inactive, limit_reached
 */
export async function acceptInvitation(writing: Writing, token: string, name: string): Promise<Accepted> {
  await lockPeople(writing.tx)
  return accept(writing, await pendingInvitation(writing, token), name)
}

/**
 * All that wait for this address, of whoever has shown that it is theirs.
 * @returns how many there were
 * @throws Fault user_inactive, limit_reached
 */
export async function acceptInvitationsOf(writing: Writing, emailKey: string, name: string): Promise<number> {
  await lockPeople(writing.tx)
  const pending = await lockInvitationsTo(writing.tx, emailKey, writing.now)
  for (const invitation of pending) await accept(writing, invitation, name)
  return pending.length
}

async function accept(writing: Writing, invitation: InvitationRow, name: string): Promise<Accepted> {
  const { tx, now } = writing
  const { project_id: projectId, role } = invitation
  const known = await findUserByEmail(tx, invitation.email)
  if (known?.active === false) throw new Fault('user_inactive')
  const user = known ?? newUser(invitation.email, name, now)
  const person = personActor(user, { projectId, door: 'api', key: null, scopes: [], workspaces: null })
  if (known === undefined) await insertUser(writing, person, user)
  if ((await selectActiveRole(tx, projectId, user.id)) === undefined) {
    await insertMember(writing, person, projectId, user, role)
  }
  for (const id of await selectKnownGroups(tx, invitation.groups))
    await insertGroupMember(writing, person, projectId, id, user.id)
  const set = { accepted_by: user.id, accepted_at: now }
  await moveInvitation(writing, invitation.id, { to: 'accepted', set, actor: person })
  return { projectId, role, person }
}

const refusals = {
  accepted: 'invitation_accepted',
  revoked: 'invitation_revoked',
  expired: 'invitation_expired',
} as const

async function pendingInvitation({ tx, now }: Writing, token: string): Promise<InvitationRow> {
  const hash = invitationTokenHash(token)
  const row = hash === undefined ? undefined : await lockInvitationByToken(tx, hash)
  const about: FaultDetail = { param: 'token' }
  if (row === undefined) throw new Fault('invitation_invalid', about)
  const state = stateAt(row, now.getTime())
  if (state !== 'pending') throw new Fault(refusals[state], about)
  return row
}

async function insertUser({ tx, append }: Writing, actor: PersonActor, user: UserRow): Promise<void> {
  await tx.insertInto('users').values(user).execute()
  const { id, email, name } = user
  append({ project_id: actor.projectId, kind: 'user.created', actor, data: { user_id: id, email, name } })
}
