// One invitation moves to another state: compare-and-set over its lifecycle, and its event in the
// same transaction.
import { type InvitationState, invitationLifecycle } from '@xerotier/protocol/lifecycles/invitation.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Updateable } from 'kysely'
import type { InvitationRow } from '../../store/invitations.ts'
import type { Tables } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'

export interface InvitationMove {
  to: Exclude<InvitationState, 'pending'>
  set?: Updateable<Tables['invitations']>
  actor: Actor
}

/** @returns the row as it is now, or undefined when the invitation was not pending any more */
export async function moveInvitation(
  { tx, append }: Pick<Writing, 'tx' | 'append'>,
  invitationId: string,
  { to, set, actor }: InvitationMove,
): Promise<InvitationRow | undefined> {
  const row = await tx
    .updateTable('invitations')
    .set({ ...set, state: to })
    .where('id', '=', invitationId)
    .where('state', 'in', sourcesOf(invitationLifecycle, to))
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { project_id, email, role } = row
  append({ project_id, kind: `invitation.${to}`, actor, data: { invitation_id: row.id, email, role } })
  return row
}
