// What retention removes, and what it leaves. Every statement takes a few calls of one project in
// the order of their ids, which is that of their age.
import type { Retained, RetentionStop } from '@xerotier/protocol/api/retention.ts'
import { overflowName } from '@xerotier/protocol/frames/call/artifact.ts'
import { executionLifecycle, executionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { isFinal } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { streamNames } from './output-streams.ts'
import { firstIdAt } from './uuid-time.ts'

/** Of a call: one kind at a time, or all that there is. */
export type OfCalls = Exclude<Retained, 'events'>

const finalStates = executionStates.filter((state) => isFinal(executionLifecycle, state))
const overflows = streamNames.map(overflowName)

/** The projects in which anything ends by its age. */
export function selectRetaining(db: Database) {
  return db
    .selectFrom('projects')
    .select(['id', 'executions_days', 'output_days', 'artifacts_days', 'events_days'])
    .where(sql<boolean>`coalesce(executions_days, output_days, artifacts_days, events_days) is not null`)
    .orderBy('id')
    .execute()
}

/**
 * Why nothing of the project is removed: all of it is held, or an incident is open, as a pause for
 * it is active.
 */
export async function selectStop(db: Database | Tx, projectId: string): Promise<RetentionStop | null> {
  const { rows } = await sql<{ held: boolean; incident: boolean }>`select
    exists (select from legal_holds where project_id = ${projectId} and execution_id is null and released_at is null) as held,
    exists (select from pauses where project_id = ${projectId} and state = 'active' and incident is not null) as incident`.execute(
    db,
  )
  const [stop] = rows
  return stop?.held === true ? 'legal_hold' : stop?.incident === true ? 'incident' : null
}

/** The database's own time: a clock of the router that ran ahead must not remove anything. */
export async function selectNow(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now()`.execute(tx)
  return rows[0]?.now ?? new Date(0)
}

export interface Candidate {
  id: string
  /** It goes on, is held, somebody has yet to decide about it, or it ended later. */
  stays: boolean
  /** Of what is to be removed of it. */
  bytes: number
}

const stays = (before: Date) => sql<boolean>`(
  e.state <> all (${finalStates}) or coalesce(e.resolved_at, e.finished_at, e.created_at) >= ${before}
  or exists (select from legal_holds h where h.execution_id = e.id and h.released_at is null)
  or exists (select from approvals a where a.execution_id = e.id
    and (a.state = 'pending' or (a.review_due_at is not null and a.reviewed_at is null))))`

const outputBytes = sql`(select coalesce(sum(octet_length(o.data)), 0) from execution_output o where o.execution_id = e.id)`
const artifactBytes = (which: ReturnType<typeof namesOf>) => sql`(
  select coalesce(sum(octet_length(c.data)), 0) from artifacts a join artifact_chunks c on c.artifact_id = a.id
  where a.execution_id = e.id and ${which})`

/** Which artifacts go with which kind: output that did not fit the record is output. */
function namesOf(what: OfCalls) {
  if (what === 'executions') return sql`true`
  return what === 'output' ? sql`a.name = any(${overflows})` : sql`a.name <> all(${overflows})`
}

/** Calls from before `before`, the oldest first. */
export async function selectCandidates(
  tx: Tx,
  { projectId, what, before }: { projectId: string; what: OfCalls; before: Date },
  { after, limit }: { after: string | null; limit: number },
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select e.id, ${stays(before)} as stays,
      (${what === 'artifacts' ? sql`0` : outputBytes} + ${artifactBytes(namesOf(what))})::bigint as bytes
    from executions e
    where e.project_id = ${projectId} and e.id < ${firstIdAt(before)} and e.id > ${after ?? firstIdAt(new Date(0))}
    order by e.id limit ${limit}`.execute(tx)
  return rows
}

/** The same of those that kept it when its time came. */
export async function selectKept(
  tx: Tx,
  { projectId, what, before }: { projectId: string; what: OfCalls; before: Date },
  { after, limit }: { after: string | null; limit: number },
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select e.id, ${stays(before)} as stays,
      (${what === 'artifacts' ? sql`0` : outputBytes} + ${artifactBytes(namesOf(what))})::bigint as bytes
    from retention_kept k join executions e on e.id = k.execution_id
    where k.project_id = ${projectId} and k.what = ${what} and k.execution_id > ${after ?? firstIdAt(new Date(0))}
    order by k.execution_id limit ${limit}`.execute(tx)
  return rows
}

/** @returns how many calls had such output, or how many artifacts or calls there were */
export async function removeOfCalls(
  tx: Tx,
  { projectId, what }: { projectId: string; what: OfCalls },
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0
  const artifacts = sql`select a.id from artifacts a where a.execution_id = any(${ids}::uuid[]) and ${namesOf(what)}`
  await sql`delete from artifact_chunks where artifact_id in (${artifacts})`.execute(tx)
  const { rows: named } = await sql<{ execution_id: string }>`
    delete from artifacts where id in (${artifacts}) returning execution_id`.execute(tx)
  if (what === 'artifacts') return named.length
  const { rows: pieces } = await sql<{ execution_id: string }>`
    delete from execution_output where execution_id = any(${ids}::uuid[]) returning execution_id`.execute(tx)
  if (what === 'output') return new Set([...named, ...pieces].map(({ execution_id }) => execution_id)).size
  await sql`delete from retention_kept where project_id = ${projectId} and what in ('output', 'artifacts')
    and execution_id = any(${ids}::uuid[])`.execute(tx)
  const { numAffectedRows } = await sql`delete from executions where id = any(${ids}::uuid[])`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** Remembers calls that stay, to be looked at again, and forgets those that do not. */
export async function noteKept(
  tx: Tx,
  { projectId, what }: { projectId: string; what: Retained },
  { kept, removed }: { kept: readonly string[]; removed: readonly string[] },
): Promise<void> {
  if (kept.length > 0)
    await sql`insert into retention_kept (project_id, what, execution_id)
      select ${projectId}, ${what}, unnest(${kept}::uuid[]) on conflict do nothing`.execute(tx)
  if (removed.length > 0)
    await sql`delete from retention_kept
      where project_id = ${projectId} and what = ${what} and execution_id = any(${removed}::uuid[])`.execute(tx)
}

export interface Progress {
  executionId: string | null
  removed: number
  bytes: number
}

/** Adds what was removed; the place only moves forward. */
export async function addProgress(
  tx: Tx,
  { projectId, what }: { projectId: string; what: Retained },
  { executionId, removed, bytes }: Progress,
): Promise<void> {
  await sql`insert into retention_progress as known (project_id, what, execution_id, removed, bytes)
    values (${projectId}, ${what}, ${executionId}, ${removed}, ${bytes})
    on conflict (project_id, what) do update set execution_id = greatest(known.execution_id, excluded.execution_id),
      removed = known.removed + excluded.removed, bytes = known.bytes + excluded.bytes`.execute(tx)
}

/** The last call that was looked at. */
export async function selectPlace(db: Database | Tx, projectId: string, what: OfCalls): Promise<string | null> {
  const row = await db
    .selectFrom('retention_progress')
    .select('execution_id')
    .where('project_id', '=', projectId)
    .where('what', '=', what)
    .executeTakeFirst()
  return row?.execution_id ?? null
}

/** What was removed and not told yet; it counts as told from here on. */
export async function takeUntold(
  tx: Tx,
  projectId: string,
): Promise<{ what: Retained; removed: number; bytes: number }[]> {
  const { rows } = await sql<{ what: Retained; removed: number; bytes: number }>`
    update retention_progress set removed = 0, bytes = 0
    from (select project_id, what, removed, bytes from retention_progress
      where project_id = ${projectId} and removed > 0 for update) as untold
    where retention_progress.project_id = untold.project_id and retention_progress.what = untold.what
    returning untold.what, untold.removed, untold.bytes`.execute(tx)
  return rows
}

/** Which of what a call left were removed by their age. */
export async function selectRemovedOf(db: Database, projectId: string, executionId: string): Promise<Set<Retained>> {
  const { rows } = await sql<{ what: Retained }>`
    select p.what from retention_progress p
    where p.project_id = ${projectId} and p.execution_id >= ${executionId}::uuid and not exists (
      select from retention_kept k
      where k.project_id = p.project_id and k.what = p.what and k.execution_id = ${executionId}::uuid)`.execute(db)
  return new Set(rows.map(({ what }) => what))
}
