import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { NoticeRow } from './tables.ts'

export interface SentAlone {
  recipient: string
  requester: string
  told: number
  ended: number
}

const dayMs = 24 * 3_600_000

/** How many messages about one call each recipient had since then, by requester. */
export async function countSentAlone(tx: Tx, recipients: string[], since: Date): Promise<SentAlone[]> {
  // What ended lately was told of within a day: an approval waits no longer, or is told of anew.
  const { rows } = await sql<SentAlone>`
    select recipient, requester,
      count(*) filter (where told_alone and told_at > ${since}) as told,
      count(*) filter (where end_told_alone and end_told_at > ${since}) as ended
    from notices where recipient = any(${recipients}::text[]) and created_at > ${new Date(since.getTime() - dayMs)}
    group by recipient, requester`.execute(tx)
  return rows
}

/** Of alarms that were raised for one call each: they end with it. */
export async function selectAlarmsOf(
  tx: Tx,
  executionIds: string[],
): Promise<(NoticeRow & { execution_id: string })[]> {
  const { rows } = await sql<NoticeRow & { execution_id: string }>`
    select notices.*, approvals.execution_id from notices
    join approvals on approvals.id = notices.approval_id
    join channels on channels.id = notices.channel_id
    where approvals.execution_id = any(${executionIds}::uuid[]) and notices.told_alone and channels.kind = 'pagerduty'`.execute(
    tx,
  )
  return rows
}

const untold = sql<boolean>`((told_at is null and ended_at is null)
  or (told_at is not null and ended_at is not null and end_told_at is null))`
const waiting = sql<boolean>`told_at is not null and ended_at is null and approval_id is not null`

/** Who has something that was not told yet. */
export async function selectUntoldRecipients(db: Database, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('notices').select('recipient').distinct().where(untold).limit(limit).execute()
  return rows.map(({ recipient }) => recipient)
}

/** Who was told of something before then that still waits. */
export async function selectWaitingRecipients(db: Database, before: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('notices')
    .select('recipient')
    .distinct()
    .where(waiting)
    .where('created_at', '<', before)
    .limit(limit)
    .execute()
  return rows.map(({ recipient }) => recipient)
}

export function selectUntold(tx: Tx, recipient: string): Promise<NoticeRow[]> {
  return tx
    .selectFrom('notices')
    .selectAll()
    .where('recipient', '=', recipient)
    .where(untold)
    .orderBy('created_at')
    .execute()
}

export function selectWaiting(tx: Tx, recipient: string): Promise<NoticeRow[]> {
  return tx
    .selectFrom('notices')
    .selectAll()
    .where('recipient', '=', recipient)
    .where(waiting)
    .orderBy('created_at')
    .execute()
}

/** Locks it until the transaction ends. */
export function lockRecipient(tx: Tx, recipient: string) {
  return tx
    .selectFrom('notice_recipients')
    .selectAll()
    .where('recipient', '=', recipient)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

export async function selectOldNotices(tx: Tx, before: Date, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('notices')
    .select('id')
    .where('created_at', '<', before)
    .orderBy('created_at')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
