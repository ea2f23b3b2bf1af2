// Events go with the tiles of the audit log that name them: whole ones, the oldest first.

import { tileWidth } from '@xerotier/runtime/tlog/tiles.ts'
import { hashBytes } from '@xerotier/runtime/tlog/tree.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Place } from './event-reader.ts'

/** When the oldest call that is still there was made. */
export async function selectOldestCall(tx: Tx, projectId: string): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('executions')
    .select('created_at')
    .where('project_id', '=', projectId)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.created_at
}

/** The first tile that is not full, or holds something from `before` or later. */
export async function selectFirstYoungTile(tx: Tx, projectId: string, before: Date): Promise<number | undefined> {
  const { rows } = await sql<{ n: number }>`
    select n from audit_tiles where project_id = ${projectId} and level = 0
      and (last_at >= ${before} or octet_length(hashes) < ${sql.lit(tileWidth * hashBytes)})
    order by n limit 1`.execute(tx)
  return rows[0]?.n
}

export async function selectNewestTile(tx: Tx, projectId: string): Promise<number | undefined> {
  const row = await tx
    .selectFrom('audit_tiles')
    .select('n')
    .where('project_id', '=', projectId)
    .where('level', '=', 0)
    .orderBy('n', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.n
}

export interface EventHorizon {
  begins_at: number
  /** Whether the log that was sealed by `sealer` says so: its transaction wrote nothing else. */
  is_sealed: boolean
}

export async function selectEventHorizon(tx: Tx, projectId: string, sealer: string): Promise<EventHorizon | undefined> {
  const { rows } = await sql<EventHorizon>`
    select begins_at, announced_in <= (select xid from followers where name = ${sealer}) as is_sealed
    from event_horizons where project_id = ${projectId}`.execute(tx)
  return rows[0]
}

export async function announceBeginning(tx: Tx, projectId: string, tile: number): Promise<void> {
  await sql`insert into event_horizons (project_id, begins_at, announced_in)
    values (${projectId}, ${tile}, pg_current_xact_id())
    on conflict (project_id) do update set begins_at = excluded.begins_at, announced_in = excluded.announced_in`.execute(
    tx,
  )
}

/** The oldest tiles below `below` whose events every follower has handled. */
export async function selectTilesToRemove(
  tx: Tx,
  projectId: string,
  { below, limit }: { below: number; limit: number },
): Promise<number[]> {
  const { rows } = await sql<{ n: number; handled: boolean }>`
    select t.n, not exists (select from followers f
      where (f.xid, f.seq) < (t.xids[cardinality(t.xids)], t.seqs[cardinality(t.seqs)])) as handled
    from audit_tiles t where t.project_id = ${projectId} and t.level = 0 and t.n < ${below} order by t.n limit ${limit}`.execute(
    tx,
  )
  const stop = rows.findIndex(({ handled }) => !handled)
  return (stop === -1 ? rows : rows.slice(0, stop)).map(({ n }) => n)
}

/** An archive is being made: it reads what is sealed. */
export async function hasOpenExport(tx: Tx, projectId: string): Promise<boolean> {
  const { rows } = await sql`select from exports
    where state in ('pending', 'running') and project_id = ${projectId} limit 1`.execute(tx)
  return rows.length > 0
}

/**
 * Removes the oldest tiles of the log, up to `last`, with their events, and the checkpoints that
 * nothing can be compared with any more.
 * @returns how many events there were
 */
export async function removeTiles(tx: Tx, projectId: string, last: number): Promise<number> {
  await sql`set local xerotier.retention = 'on'`.execute(tx)
  const { numAffectedRows } = await sql`
    delete from events e using (
      select place.xid, place.seq from audit_tiles t cross join lateral unnest(t.xids, t.seqs) as place(xid, seq)
      where t.project_id = ${projectId} and t.level = 0 and t.n <= ${last}
    ) as place where e.xid = place.xid and e.seq = place.seq and e.project_id = ${projectId}`.execute(tx)
  await sql`delete from audit_mentions where project_id = ${projectId} and n <= ${last}`.execute(tx)
  await sql`delete from audit_checkpoints
    where project_id = ${projectId} and size <= ${(last + 1) * tileWidth}`.execute(tx)
  // Of agents, and of a witness outside, that were away for that long.
  for (const table of ['audit_cosignatures', 'audit_outside_cosignatures'])
    await sql`delete from ${sql.table(table)}
      where project_id = ${projectId} and size <= ${(last + 1) * tileWidth}`.execute(tx)
  await sql`
    with gone as (
      delete from audit_tiles where project_id = ${projectId} and level = 0 and n <= ${last} returning n, xids, seqs
    )
    update event_horizons set xid = gone.xids[cardinality(gone.xids)], seq = gone.seqs[cardinality(gone.seqs)]
    from gone where gone.n = ${last} and event_horizons.project_id = ${projectId}`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** Whether events of the project behind `place` are gone. */
export async function isBeforeHorizon(db: Database, projectId: string, { xid, seq }: Place): Promise<boolean> {
  const { rows } = await sql`select from event_horizons
    where project_id = ${projectId} and (xid, seq) > (${xid}::xid8, ${seq}::bigint)`.execute(db)
  return rows.length > 0
}
