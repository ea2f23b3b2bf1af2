// The follower that turns events into deliveries, in the transaction that moves its place.
import { hears, webhookTypes } from '@xerotier/protocol/webhook-types.ts'
import { sql } from 'kysely'
import { selectActiveChannels } from '../../store/channels.ts'
import type { ChannelRow } from '../../store/tables.ts'
import { enqueue, type NewDelivery } from '../deliveries/enqueue.ts'
import type { Outbox } from '../deliveries/outbox.ts'
import type { LoggedEvent } from '../events/event-log.ts'
import type { Follower } from '../events/follow.ts'
import type { Writing } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { recordsOf, type ToldRecord } from './told-record.ts'
import { toldId, webhookBody } from './webhook-event.ts'

type Telling = Records & FleetView & { outbox: Outbox }

export function tellOfEvents(core: Telling): Follower {
  return {
    name: 'notifications',
    from: 'present',
    // People and webhooks can wait for what calls cannot.
    coalesceMs: 200,
    async write(writing, events) {
      // A crash that loses the commit loses the move as well, and what it wrote is written again.
      await sql`set local synchronous_commit = off`.execute(writing.tx)
      const told = events.flatMap((event) => {
        const type = webhookTypes.get(event.kind)
        return type === undefined ? [] : [{ event, type }]
      })
      if (told.length === 0) return
      const deliveries = await deliveriesOf(core, writing, told)
      await enqueue(writing, deliveries)
      if (deliveries.length > 0) writing.after(() => core.outbox.wake())
    },
  }
}

interface Told {
  event: LoggedEvent
  type: string
}

async function deliveriesOf(core: Telling, { tx }: Writing, told: Told[]): Promise<NewDelivery[]> {
  const projects = [...new Set(told.map(({ event }) => event.project_id))]
  const channels = Map.groupBy(await selectActiveChannels(tx, projects), ({ project_id }) => project_id)
  const heard = told.flatMap((one) => {
    const hearing = (channels.get(one.event.project_id) ?? []).filter((channel) => mayHear(channel, one))
    return hearing.length === 0 ? [] : [{ ...one, hearing }]
  })
  if (heard.length === 0) return []
  const records = await recordsOf(
    core,
    tx,
    heard.map(({ event }) => event),
  )
  return heard.flatMap(({ event, type, hearing }) => {
    const record = records.get(event.id)
    if (record === undefined) return []
    const id = toldId(event)
    const created_at = Math.floor(event.at.getTime() / 1000)
    const body = webhookBody({ id, type, created_at, data: record.data })
    return hearing.filter(wantsRisk(record)).map((channel) => ({
      projectId: event.project_id,
      channelId: channel.id,
      lane: channel.id,
      eventId: id,
      type,
      body,
      approvalId: event.approval_id,
    }))
  })
}

function mayHear({ events, workspaces }: ChannelRow, { event, type }: Told): boolean {
  if (!hears(events, type)) return false
  return workspaces.length === 0 || (event.workspace_id !== null && workspaces.includes(event.workspace_id))
}

const wantsRisk =
  ({ risk }: ToldRecord) =>
  ({ risks }: ChannelRow) =>
    risks.length === 0 || (risk !== undefined && risks.includes(risk))
