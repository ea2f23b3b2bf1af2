import type { InvitationState } from '@xerotier/protocol/lifecycles/invitation.ts'
import { type Selectable, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import type { Tables } from './tables.ts'

export type InvitationRow = Selectable<Tables['invitations']>

function named(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('invitations')
    .selectAll('invitations')
    .select(actorName('invitations.created_by', 'invitations.project_id').as('created_by_name'))
    .select(
      sql<string[]>`array(select groups.name from groups where groups.id = any(invitations.groups)
        order by groups.name)`.as('group_names'),
    )
    .where('invitations.project_id', '=', projectId)
}
export type NamedInvitationRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

export function selectInvitation(db: Database | Tx, projectId: string, id: string) {
  return named(db, projectId).where('invitations.id', '=', id).executeTakeFirst()
}

/** Locks the row until the transaction ends. */
export function lockInvitationByToken(tx: Tx, tokenHash: Buffer): Promise<InvitationRow | undefined> {
  return tx.selectFrom('invitations').selectAll().where('token_hash', '=', tokenHash).forUpdate().executeTakeFirst()
}

/** Those that wait for an address, locked until the transaction ends. */
export function lockInvitationsTo(tx: Tx, emailKey: string, now: Date): Promise<InvitationRow[]> {
  return tx
    .selectFrom('invitations')
    .selectAll()
    .where('email_key', '=', emailKey)
    .where('state', '=', 'pending')
    .where('expires_at', '>', now)
    .orderBy('id')
    .forUpdate()
    .execute()
}

/** As the record has them, whether or not their time is over. */
export function selectPendingInvitations(tx: Tx, projectId: string): Promise<InvitationRow[]> {
  return tx
    .selectFrom('invitations')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('state', '=', 'pending')
    .execute()
}

/** Newest first. A pending one past its time counts as expired. */
export function selectInvitations(
  db: Database,
  projectId: string,
  page: {
    limit: number
    after?: string | undefined
    states: readonly InvitationState[] | undefined
    now: Date
  },
): Promise<NamedInvitationRow[]> {
  const state = sql<InvitationState>`(case when invitations.state = 'pending' and invitations.expires_at <= ${page.now}
    then 'expired' else invitations.state end)`
  let query = named(db, projectId)
  if (page.states !== undefined) query = query.where(state, 'in', page.states)
  if (page.after !== undefined) query = query.where('invitations.id', '<', page.after)
  return query
    .orderBy('invitations.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}
