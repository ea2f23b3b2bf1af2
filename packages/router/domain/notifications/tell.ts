// The follower that turns events into deliveries, in the transaction that moves its place.
import { settledExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { webhookTypes } from '@xerotier/protocol/webhook-types.ts'
import { sql } from 'kysely'
import { anybodyListens } from '../../store/channels.ts'
import { type QuietHoursOf, selectQuietHours } from '../../store/members.ts'
import { selectAlarmsOf } from '../../store/notices.ts'
import type { ChannelRow, NoticeRow } from '../../store/tables.ts'
import { enqueue, type NewDelivery } from '../deliveries/enqueue.ts'
import type { Outbox } from '../deliveries/outbox.ts'
import type { Follower } from '../events/follow.ts'
import type { Writing } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { askingKinds, audienceOf, brokenGlass, channelsOf, type Heard, type Told } from './audience.ts'
import { writeBody } from './message-body.ts'
import { type Ending, endNotices, giveNotice, type NewNotice } from './notices.ts'
import { addressedTo, channelRecipient, personRecipient, type Recipient } from './recipient.ts'
import { toldId, webhookBody } from './webhook-event.ts'

/** What is known of whoever reads. */
interface Readers {
  channels: ReadonlyMap<string, ChannelRow[]>
  quietHours: QuietHoursOf
}

type Telling = Records & FleetView & { outbox: Outbox; settings: Pick<Settings, 'mail'> }

export function tellOfEvents(core: Telling): Follower {
  return {
    name: 'notifications',
    from: 'present',
    // People and webhooks can wait for what calls cannot.
    coalesceMs: 200,
    // Whom a policy or a delegation names gets mail, channel or not.
    ...(core.settings.mail ? {} : { wanted: anybodyListens }),
    async write(writing, events) {
      // A crash that loses the commit loses the move as well, and what it wrote is written again.
      await sql`set local synchronous_commit = off`.execute(writing.tx)
      const told = events.flatMap((event) => {
        const type = webhookTypes.get(event.kind)
        return type === undefined ? [] : [{ event, type }]
      })
      if (told.length === 0) return
      const channels = await channelsOf(writing.tx, told)
      const heard = await audienceOf(core, writing, told, channels)
      const projects = [...new Set(told.map(({ event }) => event.project_id))]
      const readers = { channels, quietHours: await selectQuietHours(writing.tx, projects) }
      const notices = heard.flatMap((one) => noticesOf(one, readers))
      const deliveries = [
        ...heard.flatMap(webhookDeliveries),
        ...(await giveNotice(writing, notices)),
        ...(await endings(writing, told, readers)),
        ...(await alarmsEnding(writing, told, readers)),
      ]
      await enqueue(writing, deliveries)
      if (deliveries.length > 0) writing.after(() => core.outbox.wake())
    },
  }
}

function webhookDeliveries({ event, type, record, webhooks }: Heard): NewDelivery[] {
  if (webhooks.length === 0) return []
  const id = toldId(event)
  const created_at = Math.floor(event.at.getTime() / 1000)
  const body = webhookBody({ id, type, created_at, data: record.data })
  return webhooks.map((channel) => ({
    ...addressedTo(channelRecipient(channel)),
    eventId: id,
    type,
    body,
    isSealed: record.isSealed === true,
    approvalId: event.approval_id,
  }))
}

/** What places and people are told of. How an approval ends is told by itself. */
function noticesOf({ event, type, record, places, people }: Heard, { quietHours }: Readers): NewNotice[] {
  const isAsking = askingKinds.includes(event.kind)
  if (endKinds.has(event.kind) || type === 'exec.approval_voted') return []
  const recipients: Recipient[] = [
    ...places.map((channel) => channelRecipient(channel, quietHours)),
    ...people.map((id) => personRecipient(event.project_id, id, quietHours(event.project_id, id))),
  ]
  const { data, risk = null } = record
  const text = (field: string) => (typeof data[field] === 'string' ? data[field] : null)
  const requester = text('requested_by_name') ?? text('requested_by')
  const name = text('tool') ?? text('name') ?? ''
  const about = { title: isAsking ? name : `${type}: ${name}`, workspace: text('workspace'), risk, requester }
  const eventId = toldId(event)
  const stage = typeof event.data.stage === 'number' ? event.data.stage : 0
  const approval = isAsking ? event.approval_id : null
  // Whoever was asked hears of it as the end of that: one subject, one message.
  const broken = event.kind === brokenGlass ? event.approval_id : null
  return recipients.map((recipient) => ({
    recipient,
    subject: approval ?? broken ?? eventId,
    approvalId: approval,
    eventId,
    type,
    requester: text('requested_by') ?? event.actor,
    about,
    body:
      broken !== null
        ? { say: 'ended', approval: broken }
        : approval === null
          ? { say: 'event', subject: eventId, about, at: event.at.toISOString(), detail: detailOf(event.data) }
          : { say: 'asked', approval, stage },
  }))
}

function detailOf(data: Record<string, unknown>): string | null {
  const said = data.reason ?? data.note ?? data.message
  return typeof said === 'string' ? said.slice(0, 500) : null
}

const endKinds: ReadonlyMap<string, string> = new Map([
  ['approval.approved', 'approved'],
  ['approval.rejected', 'rejected'],
  ['approval.expired', 'expired'],
  ['approval.cancelled', 'cancelled'],
  ['approval.voided', 'voided'],
])

async function endings(writing: Writing, told: readonly Told[], readers: Readers): Promise<NewDelivery[]> {
  const broken = new Set(told.filter(({ event }) => event.kind === brokenGlass).map(({ event }) => event.approval_id))
  const ended = told.flatMap(({ event, type }): Ending[] => {
    const decided = endKinds.get(event.kind)
    if (decided === undefined || event.approval_id === null) return []
    const outcome = broken.has(event.approval_id) ? 'run under break-glass' : decided
    return [{ approvalId: event.approval_id, outcome, eventId: toldId(event), type }]
  })
  if (ended.length === 0) return []
  return endNotices(writing, ended, (notice) => recipientOf(notice, readers))
}

const settledKinds = new Set(settledExecutionStates.map((state) => `execution.${state}`))

/** An alarm is over once the call is. */
async function alarmsEnding({ tx }: Writing, told: readonly Told[], readers: Readers): Promise<NewDelivery[]> {
  const settled = told.flatMap(({ event, type }) =>
    event.execution_id !== null && settledKinds.has(event.kind) && hasAlarms(readers.channels.get(event.project_id))
      ? [{ executionId: event.execution_id, eventId: toldId(event), type }]
      : [],
  )
  if (settled.length === 0) return []
  const alarms = await selectAlarmsOf(
    tx,
    settled.map(({ executionId }) => executionId),
  )
  return alarms.flatMap((notice) => {
    const recipient = recipientOf(notice, readers)
    const event = settled.find(({ executionId }) => executionId === notice.execution_id)
    if (recipient === undefined || event === undefined || notice.approval_id === null) return []
    const { eventId, type } = event
    const body = writeBody({ say: 'resolved', approval: notice.approval_id })
    return [{ ...addressedTo(recipient), eventId, type, approvalId: notice.approval_id, body }]
  })
}

function hasAlarms(channels: ChannelRow[] | undefined): boolean {
  return channels?.some(({ kind }) => kind === 'pagerduty') === true
}

/** Undefined when the channel is gone or switched off. */
function recipientOf(notice: NoticeRow, { channels, quietHours }: Readers): Recipient | undefined {
  const { project_id: projectId, user_id: userId } = notice
  if (notice.channel_id === null) return personRecipient(projectId, userId ?? '', quietHours(projectId, userId ?? ''))
  const channel = channels.get(notice.project_id)?.find(({ id }) => id === notice.channel_id)
  return channel === undefined ? undefined : channelRecipient(channel, quietHours)
}
