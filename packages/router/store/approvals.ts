import type { ApprovalState } from '@xerotier/protocol/lifecycles/approval.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { type ListFilter, listOf, newestOf, selectPageIds } from './lists.ts'
import { actorName } from './names.ts'

function named(db: Database | Tx) {
  return db
    .selectFrom('approvals')
    .innerJoin('workspaces', 'workspaces.id', 'approvals.workspace_id')
    .selectAll('approvals')
    .select('workspaces.name as workspace_name')
    .select([
      actorName('approvals.requested_by', 'approvals.project_id').as('requested_by_name'),
      actorName('approvals.decided_by', 'approvals.project_id').as('decided_by_name'),
    ])
}
export type NamedApprovalRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

/** Of all projects unless one is named. */
export async function countPending(db: Database | Tx, projectId?: string): Promise<number> {
  let query = db
    .selectFrom('approvals')
    .select((count) => count.fn.countAll<number>().as('pending'))
    .where('state', '=', 'pending')
  if (projectId !== undefined) query = query.where('project_id', '=', projectId)
  return (await query.executeTakeFirstOrThrow()).pending
}

export interface ApprovalFilter extends ListFilter {
  states?: ApprovalState[] | undefined
  /** A pending approval past its time counts as expired. */
  now: Date
}

/** Newest first. */
export async function selectApprovals(db: Database, projectId: string, filter: ApprovalFilter) {
  const { agentId, states, now } = filter
  const list = listOf('approvals', projectId, filter, agentId === undefined ? undefined : concerns(agentId))
  const conditions = states?.flatMap((state) => conditionsOf(state, now)) ?? [sql`true`]
  const parts = conditions.map((state) => ({ state, newest: newestOf(list, state) }))
  const ids = await selectPageIds(db, list, parts)
  if (ids.length === 0) return []
  return named(db).where('approvals.id', 'in', ids).orderBy('approvals.id', 'desc').execute()
}

/** Each of one state of the record, by which an index can find it. */
function conditionsOf(state: ApprovalState, now: Date) {
  if (state === 'pending') return [sql`(t.state = 'pending' and t.expires_at > ${now})`]
  const overdue = sql`(t.state = 'pending' and t.expires_at <= ${now})`
  return [sql`t.state = ${state}`, ...(state === 'expired' ? [overdue] : [])]
}

/** Calls that the agent got, and those of no agent in the workspaces that it serves. */
function concerns(agentId: string) {
  return sql`(t.agent_id = ${agentId} or (t.agent_id is null and t.workspace_id in (
    select b.workspace_id from workspace_agent_bindings b where b.agent_id = ${agentId})))`
}

export function selectNamedApproval(db: Database, projectId: string, id: string) {
  return named(db).where('approvals.project_id', '=', projectId).where('approvals.id', '=', id).executeTakeFirst()
}

export function selectNamedApprovals(db: Database | Tx, ids: string[]) {
  return named(db).where('approvals.id', 'in', ids).execute()
}

export function selectApprovalsOf(db: Database, executionId: string) {
  return db
    .selectFrom('approvals')
    .selectAll()
    .select(actorName('approvals.decided_by', 'approvals.project_id').as('decided_by_name'))
    .where('execution_id', '=', executionId)
    .orderBy('id')
    .execute()
}

/** Locks the row until the transaction ends: of two decisions one is first. */
export function lockApproval(tx: Tx, projectId: string, id: string) {
  return tx
    .selectFrom('approvals')
    .selectAll()
    .select(actorName('approvals.requested_by', 'approvals.project_id').as('requested_by_name'))
    .where('id', '=', id)
    .where('project_id', '=', projectId)
    .forUpdate()
    .executeTakeFirst()
}

/** Locks the approvals of a call until the transaction ends. */
export async function lockApprovalsOf(tx: Tx, projectId: string, executionId: string): Promise<void> {
  await tx
    .selectFrom('approvals')
    .select('id')
    .where('execution_id', '=', executionId)
    .where('project_id', '=', projectId)
    .forUpdate()
    .execute()
}

/** Locks pending approvals whose time is over, without those that somebody is at. */
export function lockOverdueApprovals(tx: Tx, at: Date, limit: number) {
  return tx
    .selectFrom('approvals')
    .selectAll()
    .where('state', '=', 'pending')
    .where('expires_at', '<=', at)
    .orderBy('expires_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
}
