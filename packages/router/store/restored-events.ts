import type pg from 'pg'

/**
 * Renumbers the events of a dump that was restored into another cluster. They name transactions of
 * the old one, which are still to come here: they would be read as new when those numbers pass, and
 * stand behind what happens now. All that is in the log was committed one way or the other, so that
 * `seq` is its order and one number of the past serves for all.
 *
 * Followers go where nothing that they have not handled lies behind them: what they have may come
 * again.
 * @returns how many events were renumbered
 */
export async function renumberRestoredEvents(client: pg.Client): Promise<number> {
  const { rowCount: restored } = await client.query(`select from events where ${toCome} limit 1`)
  if (restored === 0) {
    await client.query(followersToTheLastEvent)
    return 0
  }
  await client.query('begin')
  try {
    await client.query(followersBeforeTheFirstUnhandled)
    await client.query('alter table events disable trigger events_append_only')
    const { rowCount } = await client.query(`update events set xid = '${firstTransaction}'`)
    await client.query('alter table events enable trigger events_append_only')
    await client.query(tilesOfRenumbered)
    await client.query(horizonsOfRenumbered)
    await client.query('commit')
    return rowCount ?? 0
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** The first number that Postgres gives to a transaction (FirstNormalTransactionId). */
const firstTransaction = 3

/** What the audit log holds is found by place. */
const tilesOfRenumbered = `update audit_tiles set xids = array_fill('${firstTransaction}'::xid8, array[cardinality(seqs)])
  where level = 0`

const horizonsOfRenumbered = `update event_horizons set announced_in = '0', xid = case when xid is not null then '${firstTransaction}'::xid8 end`

const toCome = 'xid >= pg_snapshot_xmax(pg_current_snapshot())'

/** The same for a follower of a log whose last event is long past. */
const followersToTheLastEvent = `
  update followers set (xid, seq) = (
    select xid, seq from (select '0'::xid8 as xid, 0::bigint as seq union all select xid, seq from events) as places
    order by xid desc, seq desc limit 1)
  where ${toCome}`

/** In the old order; the new one is that of \`seq\` alone. */
const followersBeforeTheFirstUnhandled = `
  update followers set xid = '${firstTransaction}', seq = coalesce(
    (select min(seq) - 1 from events where (events.xid, events.seq) > (followers.xid, followers.seq)),
    (select max(seq) from events))`
