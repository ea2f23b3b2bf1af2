// Tells people: each of a call of its own while that is bearable, and of all together otherwise.
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { NoticeRow } from '../../store/tables.ts'
import type { NewDelivery } from '../deliveries/enqueue.ts'
import type { Writing } from '../events/write.ts'
import { newId } from '../ids.ts'
import { readBudget } from './budget.ts'
import { type MessageBody, writeBody } from './message-body.ts'
import { isQuiet } from './quiet-hours.ts'
import { addressedTo, type Recipient } from './recipient.ts'

export interface NewNotice {
  recipient: Recipient
  /** The approval, or the event. */
  subject: string
  approvalId: string | null
  eventId: string
  type: string
  requester: string
  about: { title: string; workspace: string | null; risk: Risk | null; requester: string | null }
  body: MessageBody
}

/** A statement has 65,535 parameters at most. */
const rowsPerInsert = 1000

/** Whoever knows of the subject already is not told again. */
export async function giveNotice(writing: Writing, notices: NewNotice[]): Promise<NewDelivery[]> {
  if (notices.length === 0) return []
  const { tx, now } = writing
  const rows = notices.map((notice) => ({ notice, id: newId('ntc', now.getTime()) }))
  const inserted: { id: string }[] = []
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    const some = rows.slice(from, from + rowsPerInsert)
    const fresh = await tx
      .insertInto('notices')
      .values(some.map(({ notice, id }) => noticeRow(notice, id, now)))
      .onConflict((one) => one.columns(['recipient', 'subject']).doNothing())
      .returning('id')
      .execute()
    inserted.push(...fresh)
  }
  const fresh = new Set(inserted.map(({ id }) => id))
  const budget = await readBudget(
    writing,
    notices.map(({ recipient }) => recipient.id),
  )
  const told = rows.filter(
    ({ id, notice: { recipient, requester } }) =>
      fresh.has(id) && !isQuiet(recipient.quietHours, now.getTime()) && budget.tell(recipient.id, requester),
  )
  if (told.length === 0) return []
  await tx
    .updateTable('notices')
    .set({ told_at: now, told_alone: true })
    .where(
      'id',
      'in',
      told.map(({ id }) => id),
    )
    .execute()
  return told.map(({ notice: { recipient, eventId, type, approvalId, body } }) => ({
    ...addressedTo(recipient),
    eventId,
    type,
    approvalId,
    body: writeBody(body),
  }))
}

function noticeRow(notice: NewNotice, id: string, now: Date) {
  const { recipient, subject, approvalId, type, requester, about } = notice
  return {
    id,
    project_id: recipient.projectId,
    recipient: recipient.id,
    channel_id: recipient.channel?.id ?? null,
    user_id: recipient.userId,
    subject,
    approval_id: approvalId,
    type,
    requester,
    about: JSON.stringify(about),
    created_at: now,
  }
}

export interface Ending {
  approvalId: string
  outcome: string
  eventId: string
  type: string
}

/** Those who were told that somebody is asked are told how it ended, wherever it was decided. */
export async function endNotices(
  writing: Writing,
  endings: Ending[],
  recipientOf: (notice: NoticeRow) => Recipient | undefined,
): Promise<NewDelivery[]> {
  const { tx, now } = writing
  const ended: { notice: NoticeRow; ending: Ending }[] = []
  for (const [outcome, those = []] of Map.groupBy(endings, (ending) => ending.outcome)) {
    const byApproval = new Map(those.map((ending) => [ending.approvalId, ending]))
    const rows = await tx
      .updateTable('notices')
      .set({ ended_at: now, outcome })
      .where('approval_id', 'in', [...byApproval.keys()])
      .where('ended_at', 'is', null)
      .returningAll()
      .execute()
    for (const notice of rows) {
      const ending = byApproval.get(notice.approval_id ?? '')
      if (ending !== undefined && notice.told_alone) ended.push({ notice, ending })
    }
  }
  if (ended.length === 0) return []
  const budget = await readBudget(
    writing,
    ended.map(({ notice }) => notice.recipient),
  )
  const told = ended.flatMap(({ notice, ending }) => {
    const recipient = recipientOf(notice)
    if (recipient === undefined) return []
    // Who has alarms is waiting for their end.
    const isAlarm = recipient.channel?.kind === 'pagerduty'
    if (!isAlarm && (isQuiet(recipient.quietHours, now.getTime()) || !budget.tellEnd(recipient.id, notice.requester)))
      return []
    return [{ notice, ending, recipient }]
  })
  if (told.length === 0) return []
  await tx
    .updateTable('notices')
    .set({ end_told_at: now, end_told_alone: true })
    .where(
      'id',
      'in',
      told.map(({ notice }) => notice.id),
    )
    .execute()
  return told.map(({ ending, recipient }) => ({
    ...addressedTo(recipient),
    eventId: ending.eventId,
    type: ending.type,
    approvalId: ending.approvalId,
    body: writeBody({ say: 'ended', approval: ending.approvalId }),
  }))
}
