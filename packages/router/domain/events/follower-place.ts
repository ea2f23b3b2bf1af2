import { type RawBuilder, sql } from 'kysely'
import type { Place } from '../../store/event-reader.ts'
import type { Writing } from './write.ts'

export interface Hold {
  name: string
  /** Of one follower in one process; another that takes the place has another. */
  holder: string
}

/** Takes the follower's place from whoever held it; makes it where there is none. */
export function takePlace({ tx, now }: Writing, hold: Hold, from: 'beginning' | 'present'): Promise<Place> {
  const xid = from === 'beginning' ? sql<string>`'0'` : sql<string>`pg_snapshot_xmin(pg_current_snapshot())`
  return tx
    .insertInto('followers')
    .values({ ...hold, xid, seq: 0, updated_at: now })
    .onConflict((known) => known.column('name').doUpdateSet({ holder: hold.holder, updated_at: now }))
    .returning([sql<string>`xid::text`.as('xid'), sql<string>`seq::text`.as('seq')])
    .executeTakeFirstOrThrow()
}

/**
 * Moves the place, which stays locked until the transaction ends.
 * @returns false when it is not held any more, or has moved
 */
export async function movePlace({ tx, now }: Writing, hold: Hold, from: Place, to: Place): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('followers')
    .set({ xid: to.xid, seq: sql`${to.seq}::bigint`, updated_at: now })
    .where('name', '=', hold.name)
    .where('holder', '=', hold.holder)
    .where('xid', '=', from.xid)
    .where(sql<boolean>`seq = ${from.seq}::bigint`)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/**
 * Moves the place to the present, unless somebody wants to hear: of whatever is committed after
 * that is known, nothing is passed over.
 * @returns where it is now; undefined when somebody does, or the place is not as it was
 */
export function skipUnwanted(
  { tx, now }: Writing,
  hold: Hold,
  from: Place,
  wanted: RawBuilder<boolean>,
): Promise<Place | undefined> {
  return tx
    .updateTable('followers')
    .set({ xid: sql`pg_snapshot_xmin(pg_current_snapshot())`, seq: 0, updated_at: now })
    .where('name', '=', hold.name)
    .where('holder', '=', hold.holder)
    .where('xid', '=', from.xid)
    .where(sql<boolean>`seq = ${from.seq}::bigint`)
    .where(sql<boolean>`not ${wanted}`)
    .returning([sql<string>`xid::text`.as('xid'), sql<string>`seq::text`.as('seq')])
    .executeTakeFirst()
}
