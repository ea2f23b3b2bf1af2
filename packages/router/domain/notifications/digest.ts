// What is told together: what came too fast for messages of its own, or in quiet hours, and now and
// then a reminder of what still waits. Looked for by a duty.
import { limits } from '@xerotier/protocol/limits.ts'
import { selectReceiver } from '../../store/channels.ts'
import type { Tx } from '../../store/database.ts'
import { selectQuietHours } from '../../store/members.ts'
import {
  lockRecipient,
  selectOldNotices,
  selectUntold,
  selectUntoldRecipients,
  selectWaiting,
  selectWaitingRecipients,
} from '../../store/notices.ts'
import type { NoticeRow } from '../../store/tables.ts'
import { enqueue } from '../deliveries/enqueue.ts'
import type { Outbox } from '../deliveries/outbox.ts'
import { type Writing, write } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { type MessageBody, writeBody } from './message-body.ts'
import { isQuiet } from './quiet-hours.ts'
import { addressedTo, channelRecipient, personRecipient, type Recipient } from './recipient.ts'

const minuteMs = 60_000
const dayMs = 24 * 3_600_000
const recipientsPerPass = 500
const perSweep = 5_000
const digestType = 'notifications.digest'

type Telling = Records & { outbox: Outbox }

export async function sendDigests(core: Telling): Promise<void> {
  for (const id of await selectUntoldRecipients(core.store.db, recipientsPerPass)) {
    await write(core, async (writing) => {
      const { digest_at } = await known(writing, id)
      if (!isDue(writing.now, digest_at, limits.digestMinutes)) return
      const untold = await selectUntold(writing.tx, id)
      const recipient = await recipientOf(writing.tx, untold)
      if (recipient === undefined) return noted(writing, untold)
      if (isQuiet(recipient.quietHours, writing.now.getTime())) return
      await noted(writing, untold)
      const fresh = untold.filter(({ ended_at }) => ended_at === null)
      const ended = untold.filter(({ ended_at }) => ended_at !== null)
      const waiting = await selectWaiting(writing.tx, id)
      // All that waits is listed, however it was told of before: it is to be decided from here.
      const listed = [...fresh.filter(({ approval_id }) => approval_id === null), ...waiting]
      const about = { news: fresh.length, ended, waiting: waiting.length, reminds: false, recipient }
      await tell(core, writing, recipient, digestOf(listed, about))
      await writing.tx
        .updateTable('notice_recipients')
        .set({ digest_at: writing.now })
        .where('recipient', '=', id)
        .execute()
    })
  }
}

/** At most one within the interval of a recipient. */
export async function sendReminders(core: Telling): Promise<void> {
  const before = new Date(core.clock.now() - limits.remindMinutesMin * minuteMs)
  for (const id of await selectWaitingRecipients(core.store.db, before, recipientsPerPass)) {
    await write(core, async (writing) => {
      const { reminded_at } = await known(writing, id)
      const waiting = await selectWaiting(writing.tx, id)
      const recipient = await recipientOf(writing.tx, waiting)
      const minutes = recipient?.channel === null ? limits.remindMinutes : recipient?.channel.remind_minutes
      if (recipient === undefined || minutes === undefined || minutes === null) return
      const [oldest] = waiting
      if (oldest === undefined || !isDue(writing.now, oldest.told_at, minutes)) return
      if (!isDue(writing.now, reminded_at, minutes)) return
      if (isQuiet(recipient.quietHours, writing.now.getTime())) return
      const about = { ended: [], waiting: waiting.length, reminds: true, recipient }
      await tell(core, writing, recipient, digestOf(waiting, about))
      await writing.tx
        .updateTable('notice_recipients')
        .set({ reminded_at: writing.now })
        .where('recipient', '=', id)
        .execute()
    })
  }
}

export async function removeOldNotices(core: Records): Promise<void> {
  await write(core, async ({ tx, now }) => {
    const ids = await selectOldNotices(tx, new Date(now.getTime() - limits.noticeDays * dayMs), perSweep)
    if (ids.length > 0) await tx.deleteFrom('notices').where('id', 'in', ids).execute()
  })
}

async function known({ tx }: Writing, recipient: string) {
  await tx
    .insertInto('notice_recipients')
    .values({ recipient })
    .onConflict((one) => one.doNothing())
    .execute()
  return lockRecipient(tx, recipient)
}

function isDue(now: Date, last: Date | null, minutes: number): boolean {
  return last === null || now.getTime() - last.getTime() >= minutes * minuteMs
}

/** Undefined when its channel was removed or switched off. */
async function recipientOf(tx: Tx, notices: NoticeRow[]): Promise<Recipient | undefined> {
  const [notice] = notices
  if (notice === undefined) return undefined
  const { project_id: projectId, user_id: userId } = notice
  const quietHours = await selectQuietHours(tx, [projectId])
  if (notice.channel_id === null) {
    return personRecipient(projectId, userId ?? '', quietHours(projectId, userId ?? ''))
  }
  const channel = await selectReceiver(tx, notice.channel_id)
  return channel?.active === true ? channelRecipient(channel, quietHours) : undefined
}

async function noted({ tx, now }: Writing, notices: NoticeRow[]): Promise<void> {
  const ids = (ended: boolean) => notices.filter(({ ended_at }) => (ended_at !== null) === ended).map(({ id }) => id)
  const [fresh, ended] = [ids(false), ids(true)]
  if (fresh.length > 0) await tx.updateTable('notices').set({ told_at: now }).where('id', 'in', fresh).execute()
  if (ended.length > 0) await tx.updateTable('notices').set({ end_told_at: now }).where('id', 'in', ended).execute()
}

function digestOf(
  listed: NoticeRow[],
  about: { news?: number; ended: NoticeRow[]; waiting: number; reminds: boolean; recipient: Recipient },
): MessageBody {
  const counted: Record<string, number> = {}
  for (const { outcome } of about.ended) counted[outcome ?? 'ended'] = (counted[outcome ?? 'ended'] ?? 0) + 1
  return {
    say: 'digest',
    subject: `digest-${about.recipient.id}`,
    reminds: about.reminds,
    entries: listed.slice(0, limits.digestEntries).map((notice) => ({ ...notice.about, approval: notice.approval_id })),
    more: Math.max(0, listed.length - limits.digestEntries),
    ...(about.news === undefined ? {} : { news: about.news }),
    ended: counted,
    waiting: about.waiting,
  }
}

async function tell(core: Telling, writing: Writing, recipient: Recipient, body: MessageBody): Promise<void> {
  const eventId = newId('evt', writing.now.getTime())
  await enqueue(writing, [{ ...addressedTo(recipient), eventId, type: digestType, body: writeBody(body) }])
  writing.after(() => core.outbox.wake())
}
