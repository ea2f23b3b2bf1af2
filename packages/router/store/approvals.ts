import type { ApprovalState } from '@xerotier/protocol/lifecycles/approval.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { type RawBuilder, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { type List, type ListFilter, listOf, newestOf, ofKinds, selectPageIds } from './lists.ts'
import { actorName } from './names.ts'
import type { ApprovalRow } from './tables.ts'
import { firstIdSince, lastIdUntil } from './uuid-time.ts'

function named(db: Database | Tx) {
  return db
    .selectFrom('approvals')
    .innerJoin('workspaces', 'workspaces.id', 'approvals.workspace_id')
    .selectAll('approvals')
    .select('workspaces.name as workspace_name')
    .select([
      actorName('approvals.requested_by', 'approvals.project_id').as('requested_by_name'),
      actorName('approvals.decided_by', 'approvals.project_id').as('decided_by_name'),
      actorName('approvals.reviewed_by', 'approvals.project_id').as('reviewed_by_name'),
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
  /** Ids of whoever asked, and of whoever voted. */
  requesters?: readonly string[] | undefined
  approvers?: readonly string[] | undefined
  reviewDue?: boolean
  /** A pending approval past its time counts as expired, or as rejected where silence rejects. */
  now: Date
}

/** Newest first. */
export async function selectApprovals(db: Database, projectId: string, filter: ApprovalFilter) {
  const { agentId, states, now, approvers, reviewDue } = filter
  const list = listOf(
    'approvals',
    projectId,
    filter,
    agentId === undefined ? undefined : concerns(agentId),
    filter.requesters,
  )
  const conditions = (states?.flatMap((state) => conditionsOf(state, now)) ?? [sql`true`]).map((state) =>
    reviewDue === true ? sql`(${state} and ${isDue})` : state,
  )
  const ids =
    approvers === undefined
      ? await selectPageIds(
          db,
          list,
          conditions.map((state) => ({
            state,
            newest: reviewDue === true ? dueOf(list, state) : newestOf(list, state),
          })),
        )
      : await votedIds(db, list, filter, approvers, sql.join(conditions, sql` or `))
  if (ids.length === 0) return []
  return named(db).where('approvals.id', 'in', ids).orderBy('approvals.id', 'desc').execute()
}

const isDue = sql`t.review_due_at is not null and t.reviewed_at is null`

/** What is to be reviewed is never much: all of it is read, by an index that holds nothing else. */
function dueOf({ projectId, range }: List, state: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${ofKinds} from (
      select t.* from approvals as t where t.project_id = ${projectId} and ${isDue} offset 0
    ) as t where ${range} and ${state} order by t.id desc`
}

/**
 * Of those that somebody voted on, by their votes: ids of approvals are in the order of their age.
 * Somebody with very many votes, and another filter that few of them fit, reads them all.
 */
async function votedIds(
  db: Database,
  list: List,
  { after, since, until }: ApprovalFilter,
  approvers: readonly string[],
  state: RawBuilder<unknown>,
): Promise<string[]> {
  // The same range again: no index of votes knows that of approvals.
  const votes = [
    sql`vote.voter = one.voter`,
    ...(after === undefined ? [] : [sql`vote.approval_id < ${after}::uuid`]),
    ...(since === undefined ? [] : [sql`vote.approval_id >= ${firstIdSince(since)}::uuid`]),
    ...(until === undefined ? [] : [sql`vote.approval_id <= ${lastIdUntil(until)}::uuid`]),
  ]
  const wanted = sql.lit(list.limit + 1)
  const where = sql.join(
    [sql`t.project_id = ${list.projectId}`, list.range, ...list.kinds, sql`(${state})`],
    sql` and `,
  )
  // Each is looked up, whatever the statistics say, until there are enough.
  const { rows } = await sql<{ id: string }>`
    select distinct voted.id from unnest(${approvers}::text[]) as one (voter) cross join lateral (
      select vote.id from (
        select distinct vote.approval_id as id from approval_votes as vote where ${sql.join(votes, sql` and `)}
        order by vote.approval_id desc offset 0
      ) as vote cross join lateral (select from approvals as t where t.id = vote.id and ${where} offset 0) as fitting
      order by vote.id desc limit ${wanted}
    ) as voted order by voted.id desc limit ${wanted}`.execute(db)
  return rows.map(({ id }) => id)
}

const rejectedBySilence = sql`(coalesce(t.asked ->> 'onTimeout', 'expire') = 'reject')`

/** Each of one state of the record, by which an index can find it. */
function conditionsOf(state: ApprovalState, now: Date) {
  if (state === 'pending') return [sql`(t.state = 'pending' and t.expires_at > ${now})`]
  const overdue = sql`(t.state = 'pending' and t.expires_at <= ${now} and ${rejectedBySilence} = ${state === 'rejected'})`
  return [...(state === 'expired' || state === 'rejected' ? [overdue] : []), sql`t.state = ${state}`]
}

/** Calls that the agent got, and those of no agent in the workspaces that it serves. */
function concerns(agentId: string) {
  return sql`(t.agent_id = ${agentId} or (t.agent_id is null and t.workspace_id in (
    select b.workspace_id from workspace_agent_bindings b where b.agent_id = ${agentId})))`
}

export function selectNamedApproval(db: Database | Tx, projectId: string, id: string) {
  return named(db).where('approvals.project_id', '=', projectId).where('approvals.id', '=', id).executeTakeFirst()
}

export function selectNamedApprovals(db: Database | Tx, ids: string[]) {
  return ids.length === 0
    ? Promise.resolve([])
    : named(db).where('approvals.id', 'in', ids).orderBy('approvals.id').execute()
}

/** Those of a call, oldest first. */
/** As what its call is treated; null for an approval that is gone. */
export async function selectAskedRisk(db: Database, id: string): Promise<Risk | null> {
  const row = await db.selectFrom('approvals').select('risk').where('id', '=', id).executeTakeFirst()
  return row?.risk ?? null
}

export async function selectApprovalIds(db: Database, executionId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('approvals')
    .select('id')
    .where('execution_id', '=', executionId)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
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

/** Locks pending approvals of which a stage is over, without those that somebody is at. */
export function lockDueApprovals(tx: Tx, at: Date, limit: number) {
  const due = sql<Date>`least(expires_at, stage_ends_at)`
  return tx
    .selectFrom('approvals')
    .selectAll()
    .where('state', '=', 'pending')
    .where(due, '<=', at)
    .orderBy(due)
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
}

/**
 * Locks approvals of calls that no agent has got: pending, or approved and waiting. Without those
 * that are decided meanwhile, or whose call an agent gets.
 */
export async function lockUndispatchedApprovals(tx: Tx, projectId: string, workspaceIds: readonly string[] | null) {
  const of = (state: 'pending' | 'approved', call: 'pending_approval' | 'queued') => {
    const query = tx
      .selectFrom('approvals')
      .innerJoin('executions', 'executions.approval_id', 'approvals.id')
      .innerJoin('workspaces', 'workspaces.id', 'approvals.workspace_id')
      .where('approvals.project_id', '=', projectId)
      .where('approvals.state', '=', state)
      .where('executions.state', '=', call)
    return workspaceIds === null ? query : query.where('approvals.workspace_id', 'in', workspaceIds)
  }
  const lock = (state: 'pending' | 'approved', call: 'pending_approval' | 'queued') =>
    of(state, call)
      .selectAll('approvals')
      .select(['workspaces.name as workspace_name', 'workspaces.type as workspace_type'])
      .orderBy('approvals.id')
      .forUpdate('approvals')
      .execute()
  const waiting = [...(await lock('pending', 'pending_approval')), ...(await lock('approved', 'pending_approval'))]
  // An agent gets a queued call by its row, which then changes that of the approval: in this order.
  await of('approved', 'queued').select('executions.id').orderBy('executions.id').forUpdate('executions').execute()
  const queued = await lock('approved', 'queued')
  return [...new Map([...waiting, ...queued].map((row) => [row.id, row])).values()]
}
export type UndispatchedApproval = Awaited<ReturnType<typeof lockUndispatchedApprovals>>[number]

/** Locks those that have waited for their window long enough. */
export function lockHeldApprovals(tx: Tx, at: Date, limit: number) {
  return tx
    .selectFrom('approvals')
    .selectAll()
    .where('runs_at', '<=', at)
    .orderBy('runs_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
}

/** Whether anything waits that a policy of its own has asked for. */
export const anyNamedPending = sql<boolean>`exists (select from approvals where state = 'pending' and policy_version <> 1)`

/** Locks what waits in these projects by policies of theirs. */
export function lockNamedPending(tx: Tx, projectIds: readonly string[]) {
  return tx
    .selectFrom('approvals')
    .selectAll()
    .where('state', '=', 'pending')
    .where('project_id', 'in', projectIds)
    .where('policy_version', '<>', 1)
    .orderBy('id')
    .forUpdate()
    .execute()
}

/** Of pending approvals that are locked. What is `asked` stays where it is null. */
export async function updateStages(
  tx: Tx,
  rows: readonly Pick<ApprovalRow, 'id' | 'stage' | 'stage_ends_at' | 'asked'>[],
): Promise<void> {
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  const stages = rows.map(({ stage }) => stage)
  const ends = rows.map(({ stage_ends_at }) => stage_ends_at)
  const asked = rows.map((row) => (row.asked === null ? null : JSON.stringify(row.asked)))
  await sql`update approvals set stage = moved.stage, stage_ends_at = moved.ends,
      asked = coalesce(moved.asked, approvals.asked)
    from unnest(${ids}::uuid[], ${stages}::int[], ${ends}::timestamptz[], ${asked}::jsonb[])
      as moved (id, stage, ends, asked)
    where approvals.id = moved.id and approvals.state = 'pending'`.execute(tx)
}
