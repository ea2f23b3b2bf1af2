// Reading the one log in order (law L8). xid and seq travel as text: an xid may pass 2^53.
import type { Selectable } from 'kysely'
import type pg from 'pg'
import { keysOf } from './column.ts'
import { type Tables, tables } from './tables.ts'

export type EventRow = Omit<Selectable<Tables['events']>, 'seq'> & Place

export interface Place {
  xid: string
  seq: string
}

const columns = keysOf(tables.events)
  .map((name) => (name === 'xid' || name === 'seq' ? `${name}::text` : name))
  .join(', ')

// Sorting by plain `xid` would sort by the text above.
/**
 * Events at or above the oldest running transaction wait: one with a smaller place may still
 * commit.
 */
const settled = 'xid < pg_snapshot_xmin(pg_current_snapshot())'

/** Everything after `after`, of every project, oldest first. */
export async function readEvents(client: pg.Client | pg.Pool, after: Place, limit: number): Promise<EventRow[]> {
  const { rows } = await client.query<EventRow>({
    name: 'events-live',
    text: `select ${columns} from events where (xid, seq) > ($1::xid8, $2::bigint) and ${settled} order by events.xid, events.seq limit $3`,
    values: [after.xid, after.seq, limit],
  })
  return rows
}

export interface Missed {
  rows: EventRow[]
  /** What has been looked through: the next page begins behind it. */
  upTo: Place
}

/** A page of what one reader has missed: after `after`, up to and including `until` at most. */
export async function readMissed(
  client: pg.Client,
  reader: { projectId: string; executionId: string | undefined; after: Place; until: Place; pageSize: number },
): Promise<Missed> {
  const { projectId, executionId, after, until, pageSize } = reader
  if (executionId === undefined) {
    // The log has no index by project. A page is so many events of all, so that one of a quiet
    // project takes no longer.
    const upTo = (await endOfPage(client, after, until, pageSize)) ?? until
    const { rows } = await client.query<EventRow>({
      name: 'events-missed',
      text: `select ${columns} from events where project_id = $1 and (xid, seq) > ($2::xid8, $3::bigint)
        and (xid, seq) <= ($4::xid8, $5::bigint) order by events.xid, events.seq`,
      values: [projectId, after.xid, after.seq, upTo.xid, upTo.seq],
    })
    return { rows, upTo }
  }
  const { rows } = await client.query<EventRow>({
    name: 'events-missed-execution',
    text: `select ${columns} from events where project_id = $1 and (xid, seq) > ($2::xid8, $3::bigint)
      and (xid, seq) <= ($4::xid8, $5::bigint) and execution_id = $7 order by events.xid, events.seq limit $6`,
    values: [projectId, after.xid, after.seq, until.xid, until.seq, pageSize, executionId],
  })
  return { rows, upTo: rows.length < pageSize ? until : rows.at(-1)! }
}

/** Undefined when no more than a page is left. */
async function endOfPage(client: pg.Client, after: Place, until: Place, pageSize: number): Promise<Place | undefined> {
  const { rows } = await client.query<Place>({
    name: 'events-page',
    text: `select xid::text, seq::text from events where (xid, seq) > ($1::xid8, $2::bigint)
      and (xid, seq) <= ($3::xid8, $4::bigint) order by events.xid, events.seq offset $5 limit 1`,
    values: [after.xid, after.seq, until.xid, until.seq, pageSize - 1],
  })
  return rows[0]
}

/** A place that every transaction which is still running, or begins later, lies behind of. */
export async function presentPlace(client: pg.Client): Promise<Place> {
  const { rows } = await client.query<{ xid: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as xid')
  return { xid: rows[0]!.xid, seq: '0' }
}

export interface SpanOfEvents {
  first: Place
  last: Place
  count: number
}

/** Where the next events after `after` lie, of every project. */
export async function readSpan(pool: pg.Pool, after: Place, limit: number): Promise<SpanOfEvents | undefined> {
  const { rows } = await pool.query<Place & { count: number }>({
    name: 'events-span',
    text: `with span as materialized (
        select events.xid, events.seq from events where (xid, seq) > ($1::xid8, $2::bigint) and ${settled}
        order by events.xid, events.seq limit $3)
      (select xid::text, seq::text, (select count(*) from span) as count from span order by span.xid, span.seq limit 1)
      union all
      (select xid::text, seq::text, 0 from span order by span.xid desc, span.seq desc limit 1)`,
    values: [after.xid, after.seq, limit],
  })
  const [first, last] = rows
  if (first === undefined || last === undefined) return undefined
  return { first: { xid: first.xid, seq: first.seq }, last: { xid: last.xid, seq: last.seq }, count: first.count }
}
