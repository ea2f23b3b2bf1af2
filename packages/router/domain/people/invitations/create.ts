import type { Invitation, invitationCreateSchema } from '@xerotier/protocol/api/invitations.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { z } from 'zod'
import type { Tx } from '../../../store/database.ts'
import { type NamedInvitationRow, selectPendingInvitations } from '../../../store/invitations.ts'
import { selectMember } from '../../../store/members.ts'
import { type Member, router } from '../../actor.ts'
import type { Writing } from '../../events/write.ts'
import { newId } from '../../ids.ts'
import { moveInvitation } from '../../lifecycles/invitation.ts'
import type { Records } from '../../records.ts'
import { changePeople } from '../change.ts'
import { emailKey } from '../email.ts'
import { findGroup } from '../groups/read.ts'
import { findInvitation, presentInvitation, stateAt } from './read.ts'
import { invitationTokenHash, newInvitationToken } from './token.ts'

/**
 * Invites whoever has this address, known or not. The token is in this answer and nowhere else.
 * @param also what happens in the same transaction
 * @throws Fault group_not_found, already_member, invitation_pending, limit_reached
 */
export function createInvitation(
  core: Records,
  actor: Member,
  body: z.output<typeof invitationCreateSchema>,
  also?: (writing: Writing, row: NamedInvitationRow, token: string) => Promise<void>,
): Promise<Invitation & { token: string }> {
  const { projectId: project_id } = actor
  const token = newInvitationToken()
  const token_hash = invitationTokenHash(token)
  if (token_hash === undefined) throw new Error('a new token is none')
  return changePeople(core, actor, async (writing) => {
    const { tx, now, append } = writing
    const email_key = emailKey(body.email)
    if ((await selectMember(tx, project_id, email_key)) !== undefined) {
      throw new Fault('already_member', { param: 'email' })
    }
    await makeRoom(writing, project_id, email_key)
    const id = newId('inv', now.getTime())
    const { email, role } = body
    await tx
      .insertInto('invitations')
      .values({
        ...{ id, project_id, email, email_key, role, token_hash, state: 'pending' },
        groups: await groupIds(tx, project_id, body.groups),
        created_by: actor.id,
        created_at: now,
        expires_at: new Date(now.getTime() + body.expires_in_hours * 3_600_000),
      })
      .execute()
    append({ project_id, kind: 'invitation.created', actor, data: { invitation_id: id, email, role } })
    const row = await findInvitation(tx, project_id, id)
    await also?.(writing, row, token)
    return { ...presentInvitation(row, now.getTime()), token }
  })
}

/** Writes down which are expired; one to the same address that is not stands in the way. */
async function makeRoom(writing: Writing, projectId: string, emailKey: string): Promise<void> {
  let pending = 0
  for (const row of await selectPendingInvitations(writing.tx, projectId)) {
    if (stateAt(row, writing.now.getTime()) === 'expired') {
      await moveInvitation(writing, row.id, { to: 'expired', actor: router })
    } else if (row.email_key === emailKey) throw new Fault('invitation_pending', { param: 'email' })
    else pending += 1
  }
  if (pending >= limits.invitationsPerProject) {
    throw new Fault('limit_reached', { message: `${pending} invitations are pending, which is the limit.` })
  }
}

async function groupIds(tx: Tx, projectId: string, references: readonly string[]): Promise<string[]> {
  const ids = new Set<string>()
  for (const [at, reference] of references.entries()) {
    ids.add((await findGroup(tx, projectId, reference, `groups.${at}`)).id)
  }
  return [...ids]
}
