// Reading the audit log by what is asked: never more than the tiles that name it.

import type { Selectable } from 'kysely'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './database.ts'
import type { Place } from './event-reader.ts'
import { actorName } from './names.ts'
import type { Tables } from './tables.ts'

export type AuditRecordRow = Selectable<Tables['events']> & { actor_name: string | null; index: number | null }

export interface RecordFilter {
  limit: number
  /** Only what came before it. */
  before?: Place | undefined
  /** Ids of who did it. */
  actors?: readonly string[] | undefined
  /** Ids of what it concerns. */
  subjects?: readonly string[] | undefined
  /** Of one execution, or of one of its approvals. */
  executionId?: string | undefined
  approvalId?: string | undefined
  kinds?: readonly string[] | undefined
  since?: Date | undefined
  until?: Date | undefined
}

/** Where the event is in the log. */
const indexOf = sql<number | null>`(
  select t.n * 256 + array_position(t.seqs, e.seq) - 1 from audit_tiles t
  where t.project_id = e.project_id and t.level = 0 and t.first_at <= e.at and t.last_at >= e.at and e.seq = any(t.seqs)
  limit 1)`

const columns = sql`e.*, ${actorName('e.actor', 'e.project_id')} as actor_name`

function conditionsOf(projectId: string, filter: RecordFilter): RawBuilder<unknown> {
  const { before, actors, subjects, kinds, since, until } = filter
  const all = [sql`e.project_id = ${projectId}`]
  if (before !== undefined) all.push(sql`(e.xid, e.seq) < (${before.xid}::xid8, ${before.seq}::bigint)`)
  if (actors !== undefined) all.push(sql`(e.actor = any(${actors}) or e.actor_key = any(${actors}))`)
  if (subjects !== undefined)
    all.push(sql`(e.actor = any(${subjects}) or e.actor_key = any(${subjects}) or e.agent_id = any(${subjects})
      or e.workspace_id = any(${subjects}) or exists (select from jsonb_each_text(e.data) where value = any(${subjects})))`)
  if (kinds !== undefined) all.push(sql`(e.kind = any(${kinds}) or split_part(e.kind, '.', 1) = any(${kinds}))`)
  if (since !== undefined) all.push(sql`e.at >= ${since}`)
  if (until !== undefined) all.push(sql`e.at < ${until}`)
  return sql.join(all, sql` and `)
}

/** Newest first, up to `limit` and one more. */
export async function selectRecords(
  db: Database,
  projectId: string,
  follower: string,
  filter: RecordFilter,
): Promise<AuditRecordRow[]> {
  const most = filter.limit + 1
  if (filter.executionId !== undefined) return selectOfExecution(db, projectId, filter.executionId, filter)
  const conditions = conditionsOf(projectId, filter)
  const { rows: fresh } = await sql<AuditRecordRow>`
    select ${columns}, null::bigint as index from events e
    where (e.xid, e.seq) > (select xid, seq from followers where name = ${follower}) and ${conditions}
    order by e.xid desc, e.seq desc limit ${most}`.execute(db)
  if (fresh.length === most) return fresh
  // What was sealed between the two queries would be told twice.
  const oldest = fresh.at(-1)
  const older = oldest === undefined ? filter : { ...filter, before: { xid: oldest.xid, seq: String(oldest.seq) } }
  const { rows: sealed } = await sql<AuditRecordRow>`
    select ${columns}, t.n * 256 + place.at - 1 as index
    from audit_tiles t cross join lateral unnest(t.xids, t.seqs) with ordinality as place(xid, seq, at)
    join events e on e.xid = place.xid and e.seq = place.seq
    where ${tilesOf(projectId, filter)} and ${conditionsOf(projectId, older)}
    order by t.n desc, place.at desc limit ${most - fresh.length}`.execute(db)
  return [...fresh, ...sealed]
}

/** Which tiles may hold what is asked for. */
function tilesOf(projectId: string, { actors, subjects, since, until, before }: RecordFilter): RawBuilder<unknown> {
  const all = [sql`t.project_id = ${projectId}`, sql`t.level = 0`]
  for (const names of [actors, subjects]) {
    if (names !== undefined)
      all.push(sql`t.n in (select n from audit_mentions where project_id = ${projectId} and name = any(${names}))`)
  }
  if (since !== undefined) all.push(sql`t.last_at >= ${since}`)
  if (until !== undefined) all.push(sql`t.first_at < ${until}`)
  if (before !== undefined)
    all.push(sql`t.n <= coalesce((
      select max(b.n) from events a join audit_tiles b on b.project_id = a.project_id and b.level = 0
        and b.first_at <= a.at and b.last_at >= a.at and a.seq = any(b.seqs)
      where a.xid = ${before.xid}::xid8 and a.seq = ${before.seq}::bigint), ${Number.MAX_SAFE_INTEGER})`)
  return sql.join(all, sql` and `)
}

async function selectOfExecution(
  db: Database,
  projectId: string,
  executionId: string,
  filter: RecordFilter,
): Promise<AuditRecordRow[]> {
  const ofApproval = filter.approvalId === undefined ? sql`` : sql`and e.approval_id = ${filter.approvalId}`
  const { rows } = await sql<AuditRecordRow>`
    select ${columns}, ${indexOf} as index from events e
    where e.execution_id = ${executionId} ${ofApproval} and ${conditionsOf(projectId, filter)}
    order by e.xid desc, e.seq desc limit ${filter.limit + 1}`.execute(db)
  return rows
}

/** The execution that an id names, itself or as one of its approvals. */
export async function findCall(
  db: Database,
  projectId: string,
  id: string,
): Promise<{ executionId: string; approvalId?: string } | undefined> {
  const approval = await db
    .selectFrom('approvals')
    .select('execution_id')
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (approval !== undefined) return { executionId: approval.execution_id, approvalId: id }
  return { executionId: id }
}

/** The ids that a name stands for: the e-mail of a person, the name of what has one. */
export async function selectNamesakes(db: Database, projectId: string, name: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from agents where project_id = ${projectId} and name = ${name}
    union all select id from api_keys where project_id = ${projectId} and name = ${name}
    union all select id from workspaces where project_id = ${projectId} and name = ${name}
    union all select id from users where email_key = lower(${name})`.execute(db)
  return [name, ...rows.map(({ id }) => id)]
}

export async function selectRecord(db: Database, projectId: string, place: Place): Promise<AuditRecordRow | undefined> {
  const { rows } = await sql<AuditRecordRow>`
    select ${columns}, ${indexOf} as index from events e
    where e.project_id = ${projectId} and e.xid = ${place.xid}::xid8 and e.seq = ${place.seq}::bigint`.execute(db)
  return rows[0]
}
