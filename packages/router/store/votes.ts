import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'

/** Of some approvals, oldest first. */
export function selectVotes(db: Database | Tx, approvalIds: readonly string[]) {
  return db
    .selectFrom('approval_votes')
    .selectAll()
    .select(actorName('approval_votes.voter', 'approval_votes.project_id').as('voter_name'))
    .where('approval_id', 'in', approvalIds)
    .orderBy('id')
    .execute()
}
export type VoteRow = Awaited<ReturnType<typeof selectVotes>>[number]

/**
 * Keys that can be used now and belong to nobody.
 * @param references ids and names of those that matter
 */
export function selectServiceKeys(db: Database | Tx, projectId: string, now: Date, references: readonly string[]) {
  return db
    .selectFrom('api_keys')
    .select(['id', 'name'])
    .where('project_id', '=', projectId)
    .where('user_id', 'is', null)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .where((where) => where.or([where('id', 'in', references), where('name', 'in', references)]))
    .execute()
}
