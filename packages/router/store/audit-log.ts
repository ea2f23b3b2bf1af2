// The audit log as it stands: tiles, checkpoints, and the entries that events make.
import { sql } from 'kysely'
import { entryText, eventsAsEntries } from './audit-entry.ts'
import type { Database, Tx } from './database.ts'

export interface CheckpointRow {
  size: number
  note: string
  at: Date
}

/** The newest, or the one of a size. */
export function selectCheckpoint(
  db: Database | Tx,
  projectId: string,
  size?: number,
): Promise<CheckpointRow | undefined> {
  let query = db.selectFrom('audit_checkpoints').select(['size', 'note', 'at']).where('project_id', '=', projectId)
  if (size !== undefined) query = query.where('size', '=', size)
  return query.orderBy('size', 'desc').limit(1).executeTakeFirst()
}

export interface TileKey {
  level: number
  n: number
}

/** The hashes of some tiles, by `level/n`; without those that are not there. */
export async function selectTiles(
  db: Database | Tx,
  projectId: string,
  keys: readonly TileKey[],
): Promise<Map<string, Buffer>> {
  const { rows } = await sql<TileKey & { hashes: Buffer }>`
    select t.level, t.n, t.hashes
    from unnest(${keys.map(({ level }) => level)}::int[], ${keys.map(({ n }) => n)}::bigint[]) as wanted(level, n)
    join audit_tiles t on t.project_id = ${projectId} and t.level = wanted.level and t.n = wanted.n`.execute(db)
  return new Map(rows.map(({ level, n, hashes }) => [`${level}/${n}`, hashes]))
}

/** The first tile whose entries are still there. */
export async function selectFirstTile(db: Database | Tx, projectId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('audit_tiles')
    .select('n')
    .where('project_id', '=', projectId)
    .where('level', '=', 0)
    .orderBy('n')
    .limit(1)
    .executeTakeFirst()
  return row?.n
}

export interface SealedEntry {
  index: number
  /** Null when the event is gone. */
  entry: string | null
}

/** The entries of so many tiles from `n` on, as their events make them now. */
export async function selectEntries(db: Database, projectId: string, n: number, tiles: number): Promise<SealedEntry[]> {
  const { rows } = await sql<SealedEntry>`
    select t.n * 256 + place.at - 1 as index, (
      select ${entryText} from ${eventsAsEntries} where e.xid = place.xid and e.seq = place.seq and e.project_id = t.project_id) as entry
    from audit_tiles t cross join lateral unnest(t.xids, t.seqs) with ordinality as place(xid, seq, at)
    where t.project_id = ${projectId} and t.level = 0 and t.n >= ${n} and t.n < ${n + tiles}
    order by t.n, place.at`.execute(db)
  return rows
}

/**
 * Events of the project that lie where everything has been sealed, and are in no tile: nobody who
 * keeps to the order of the log wrote them. They are looked for, which takes a while, when there
 * are more events than leaves: where one was removed for each, the log does not verify anyway.
 */
export async function selectStrays(
  db: Database,
  projectId: string,
  follower: string,
  limit: number,
): Promise<string[]> {
  const { rows: counts } = await sql<{ events: number; leaves: number }>`
    select (select count(*) from events where project_id = ${projectId}
        and (xid, seq) <= (select xid, seq from followers where name = ${follower})) as events,
      (select coalesce(sum(cardinality(seqs)), 0)::bigint from audit_tiles
        where project_id = ${projectId} and level = 0) as leaves`.execute(db)
  const [count] = counts
  if (count === undefined || count.events <= count.leaves) return []
  const { rows } = await sql<{ id: string }>`
    select e.xid || '-' || e.seq as id from events e
    left join (
      select place.xid, place.seq from audit_tiles t cross join lateral unnest(t.xids, t.seqs) as place(xid, seq)
      where t.project_id = ${projectId} and t.level = 0
    ) as sealed on sealed.seq = e.seq and sealed.xid = e.xid
    where e.project_id = ${projectId} and sealed.seq is null
      and (e.xid, e.seq) <= (select xid, seq from followers where name = ${follower})
    order by e.xid, e.seq limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** The tiles of level 0 that hold something of that time: the first, and behind the last. */
export async function selectTileSpan(
  db: Database,
  projectId: string,
  { since, until }: { since: Date; until: Date },
): Promise<{ from: number; to: number } | undefined> {
  const { rows } = await sql<{ from: number | null; to: number | null }>`
    select min(n) as from, max(n) + 1 as to from audit_tiles
    where project_id = ${projectId} and level = 0 and last_at >= ${since} and first_at < ${until}`.execute(db)
  const { from, to } = rows[0] ?? { from: null, to: null }
  return from === null || to === null ? undefined : { from, to }
}
