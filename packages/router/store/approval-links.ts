import type { Database, Tx } from './database.ts'
import type { ApprovalLinkRow } from './tables.ts'

/** With the names that its presentation needs. */
function named(db: Database | Tx) {
  return db
    .selectFrom('approval_links')
    .innerJoin('users', 'users.id', 'approval_links.user_id')
    .innerJoin('approvals', 'approvals.id', 'approval_links.approval_id')
    .selectAll('approval_links')
    .select(['users.email as user_email', 'users.name as user_name', 'approvals.tool as tool'])
    .select('approvals.state as approval_state')
}
export type NamedLinkRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

/** Of any project: whoever shows its token names none. */
export function selectLink(db: Database | Tx, id: string): Promise<ApprovalLinkRow | undefined> {
  return db.selectFrom('approval_links').selectAll().where('id', '=', id).executeTakeFirst()
}

export function selectNamedLink(db: Database | Tx, projectId: string, id: string): Promise<NamedLinkRow | undefined> {
  return named(db)
    .where('approval_links.project_id', '=', projectId)
    .where('approval_links.id', '=', id)
    .executeTakeFirst()
}

export function selectLinks(
  db: Database,
  projectId: string,
  page: { limit: number; after?: string | undefined; approvalId?: string | undefined },
): Promise<NamedLinkRow[]> {
  let query = named(db).where('approval_links.project_id', '=', projectId)
  if (page.after !== undefined) query = query.where('approval_links.id', '<', page.after)
  if (page.approvalId !== undefined) query = query.where('approval_links.approval_id', '=', page.approvalId)
  return query
    .orderBy('approval_links.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** The one that somebody can still use of an approval. */
export function selectUsableLink(
  tx: Tx,
  { approvalId, userId, now }: { approvalId: string; userId: string; now: Date },
): Promise<ApprovalLinkRow | undefined> {
  return tx
    .selectFrom('approval_links')
    .selectAll()
    .where('approval_id', '=', approvalId)
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('id', 'desc')
    .executeTakeFirst()
}
