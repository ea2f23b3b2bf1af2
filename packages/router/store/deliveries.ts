import type { DeliveryState } from '@xerotier/protocol/lifecycles/delivery.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { DeliveryRow } from './tables.ts'

export type DueDelivery = Pick<DeliveryRow, 'id' | 'lane'>

/**
 * What is due, the longest due first: of each lane so many at most, however much waits in others.
 * It skips from lane to lane in the index, so that it takes no longer where one holds thousands.
 */
export async function selectDueDeliveries(db: Database, now: Date, perLane: number): Promise<DueDelivery[]> {
  const { rows } = await sql<DueDelivery>`
    with recursive lanes(lane) as (
      (select lane from deliveries where state = 'pending' order by lane limit 1)
      union all
      select (select next.lane from deliveries as next where next.state = 'pending' and next.lane > lanes.lane
        order by next.lane limit 1)
      from lanes where lanes.lane is not null
    )
    select due.id, due.lane from lanes cross join lateral (
      select one.id, one.lane, one.next_attempt_at from deliveries as one
      where one.state = 'pending' and one.lane = lanes.lane and one.next_attempt_at <= ${now}
      order by one.next_attempt_at limit ${sql.lit(perLane)}
    ) as due
    order by due.next_attempt_at`.execute(db)
  return rows
}

/** Undefined when it has been settled or removed since. */
export function selectPendingDelivery(db: Database, id: string) {
  return db.selectFrom('deliveries').selectAll().where('id', '=', id).where('state', '=', 'pending').executeTakeFirst()
}

/** How many wait, by lane; counts no lane further than `max`. */
export async function countPendingDeliveries(tx: Tx, lanes: string[], max: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ lane: string; count: number }>`
    select lane, (select count(*) from (
      select from deliveries as one where one.state = 'pending' and one.lane = wanted.lane limit ${sql.lit(max)}
    ) as those) as count from unnest(${lanes}::text[]) as wanted(lane)`.execute(tx)
  return new Map(rows.map(({ lane, count }) => [lane, count]))
}

export function selectDelivery(db: Database | Tx, projectId: string, id: string) {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
}

export function selectDeliveries(
  db: Database,
  projectId: string,
  filter: {
    limit: number
    after?: string | undefined
    states?: DeliveryState[] | undefined
    channelId?: string | undefined
  },
) {
  let query = db.selectFrom('deliveries').selectAll().where('project_id', '=', projectId)
  if (filter.after !== undefined) query = query.where('id', '<', filter.after)
  if (filter.states !== undefined) query = query.where('state', 'in', filter.states)
  if (filter.channelId !== undefined) query = query.where('channel_id', '=', filter.channelId)
  return query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** Deliveries of a type to one channel since then. */
export async function countDeliveriesSince(tx: Tx, channelId: string, type: string, since: Date): Promise<number> {
  const { count } = await tx
    .selectFrom('deliveries')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('channel_id', '=', channelId)
    .where('type', '=', type)
    .where('created_at', '>', since)
    .executeTakeFirstOrThrow()
  return count
}

/** Those that were settled before then, the oldest first. */
export function selectSettledBefore(
  tx: Tx,
  state: DeliveryState,
  before: Date,
  limit: number,
): Promise<{ id: string }[]> {
  return tx
    .selectFrom('deliveries')
    .select('id')
    .where('state', '=', state)
    .where('state', '<>', 'pending')
    .where('settled_at', '<', before)
    .orderBy('settled_at')
    .limit(limit)
    .execute()
}

/** How many wait, and how many are dead letters. */
export async function countDeliveries(db: Database): Promise<{ pending: number; exhausted: number }> {
  const { rows } = await sql<{ pending: number; exhausted: number }>`
    select (select count(*) from deliveries where state = 'pending') as pending,
      (select count(*) from deliveries where state = 'exhausted') as exhausted`.execute(db)
  return rows[0] ?? { pending: 0, exhausted: 0 }
}
