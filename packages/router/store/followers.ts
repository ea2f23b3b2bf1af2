// Where the followers of the event log stand. xid and seq travel as text: an xid may pass 2^53.
import { sql } from 'kysely'
import type pg from 'pg'
import type { Database } from './database.ts'
import type { Place } from './event-reader.ts'

/** Undefined when somebody else has taken it. */
export async function heldPlace(db: Database, hold: { name: string; holder: string }): Promise<Place | undefined> {
  const { rows } = await sql<Place>`
    select xid::text, seq::text from followers where name = ${hold.name} and holder = ${hold.holder}`.execute(db)
  return rows[0]
}

/** Events after a place, held back ones as well; counts up to `max`. */
export async function countEventsAfter(pool: pg.Pool, { xid, seq }: Place, max: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'select count(*) from (select from events where (xid, seq) > ($1::xid8, $2::bigint) limit $3) behind',
    [xid, seq, max],
  )
  return rows[0]!.count
}

/** When the first event after a place happened. */
export async function timeOfEventAfter(pool: pg.Pool, { xid, seq }: Place): Promise<Date | undefined> {
  const { rows } = await pool.query<{ at: Date }>(
    `select at from events where (xid, seq) > ($1::xid8, $2::bigint) order by events.xid, events.seq limit 1`,
    [xid, seq],
  )
  return rows[0]?.at
}
