import type { ApprovalState } from '@xerotier/protocol/lifecycles/approval.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import { firstIdSince, lastIdUntil } from './uuid-time.ts'

function named(db: Database) {
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

export interface ApprovalFilter {
  limit: number
  after?: string | undefined
  states?: ApprovalState[] | undefined
  risks?: Risk[] | undefined
  tool?: string | undefined
  agentId?: string | undefined
  workspaceId?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
  /** A pending approval past its time counts as expired. */
  now: Date
}

/** Newest first. */
export function selectApprovals(db: Database, projectId: string, filter: ApprovalFilter) {
  let query = named(db).where('approvals.project_id', '=', projectId)
  if (filter.after !== undefined) query = query.where('approvals.id', '<', filter.after)
  if (filter.states !== undefined) query = query.where(isIn(filter.states, filter.now))
  if (filter.risks !== undefined) query = query.where('approvals.risk', 'in', filter.risks)
  if (filter.tool !== undefined) query = query.where('approvals.tool', '=', filter.tool)
  if (filter.workspaceId !== undefined) query = query.where('approvals.workspace_id', '=', filter.workspaceId)
  if (filter.agentId !== undefined) query = query.where(concerns(filter.agentId))
  if (filter.since !== undefined) {
    query = query
      .where('approvals.id', '>=', firstIdSince(filter.since))
      .where('approvals.requested_at', '>=', filter.since)
  }
  if (filter.until !== undefined) {
    query = query
      .where('approvals.id', '<=', lastIdUntil(filter.until))
      .where('approvals.requested_at', '<', filter.until)
  }
  return query
    .orderBy('approvals.id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** A condition for each state, which an index over the pending ones can serve. */
function isIn(states: readonly ApprovalState[], now: Date) {
  return sql<boolean>`(${sql.join(
    states.map((wanted) => {
      if (wanted === 'pending') return sql`(approvals.state = 'pending' and approvals.expires_at > ${now})`
      if (wanted === 'expired')
        return sql`(approvals.state = 'expired' or (approvals.state = 'pending' and approvals.expires_at <= ${now}))`
      return sql`approvals.state = ${wanted}`
    }),
    sql` or `,
  )})`
}

/** Calls that the agent ran, and waiting ones that it may get because it serves their workspace. */
function concerns(agentId: string) {
  return sql<boolean>`exists (
    select from executions e where e.id = approvals.execution_id and (e.agent_id = ${agentId} or (e.agent_id is null and exists (
      select from workspace_agent_bindings b where b.workspace_id = e.workspace_id and b.agent_id = ${agentId}))))`
}

export function selectNamedApproval(db: Database, projectId: string, id: string) {
  return named(db).where('approvals.project_id', '=', projectId).where('approvals.id', '=', id).executeTakeFirst()
}

export function selectNamedApprovals(db: Database, ids: string[]) {
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
