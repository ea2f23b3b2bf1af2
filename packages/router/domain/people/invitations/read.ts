import { type Invitation, invitationSchema } from '@xerotier/protocol/api/invitations.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { type InvitationState, invitationStates } from '@xerotier/protocol/lifecycles/invitation.ts'
import type { Database, Tx } from '../../../store/database.ts'
import {
  type InvitationRow,
  type NamedInvitationRow,
  selectInvitation,
  selectInvitations,
} from '../../../store/invitations.ts'
import type { Member } from '../../actor.ts'
import { idCursor, type Page, toPage, wordsOf } from '../../page.ts'
import { publicForm } from '../../public-form.ts'
import type { Records } from '../../records.ts'

const form = publicForm<Invitation, NamedInvitationRow, undefined>(invitationSchema, { object: () => 'invitation' })

export function presentInvitation(row: NamedInvitationRow, now: number): Invitation {
  return form({ ...row, groups: row.group_names, state: stateAt(row, now) }, undefined)
}

/** A pending one past its time is expired, whether or not anything has written that down. */
export function stateAt({ state, expires_at }: InvitationRow, now: number): InvitationState {
  return state === 'pending' && expires_at.getTime() <= now ? 'expired' : state
}

/** @throws Fault invitation_not_found */
export async function findInvitation(db: Database | Tx, projectId: string, id: string): Promise<NamedInvitationRow> {
  const row = await selectInvitation(db, projectId, id)
  if (row === undefined) throw new Fault('invitation_not_found')
  return row
}

/** @throws Fault invalid_request */
export async function listInvitations(
  core: Pick<Records, 'store' | 'clock'>,
  actor: Member,
  query: { limit: number; after?: string | undefined; status?: string | undefined },
): Promise<Page<Invitation>> {
  const now = core.clock.now()
  const states = query.status === 'all' ? undefined : wordsOf(query.status, 'status', invitationStates)
  const page = { limit: query.limit, after: idCursor('inv', query.after), states, now: new Date(now) }
  const rows = await selectInvitations(core.store.db, actor.projectId, page)
  return toPage(
    rows,
    query.limit,
    (row) => presentInvitation(row, now),
    (invitation) => invitation.id,
  )
}

/** @throws Fault invitation_not_found */
export async function showInvitation(
  core: Pick<Records, 'store' | 'clock'>,
  actor: Member,
  id: string,
): Promise<Invitation> {
  return presentInvitation(await findInvitation(core.store.db, actor.projectId, id), core.clock.now())
}
