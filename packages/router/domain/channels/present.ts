import type { Channel, PlaceKind } from '@xerotier/protocol/api/channels.ts'
import type { Webhook } from '@xerotier/protocol/api/webhooks.ts'
import { selectWorkspaceNames } from '../../store/channels.ts'
import type { ChannelRow } from '../../store/tables.ts'
import type { Records } from '../records.ts'

const iso = (at: Date | null) => at?.toISOString() ?? null

/** The public forms of some rows; the names of their workspaces are read once. */
export async function presentChannels({ store, clock }: Pick<Records, 'store' | 'clock'>, rows: ChannelRow[]) {
  const names = await selectWorkspaceNames(
    store.db,
    rows.flatMap(({ workspaces }) => workspaces),
  )
  const subscribed = (row: ChannelRow) => ({
    events: row.events,
    workspaces: row.workspaces.map((id) => ({ id, name: names.get(id) ?? id })),
    risks: row.risks,
    is_active: row.active,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    last_delivered_at: iso(row.last_delivered_at),
    last_failed_at: iso(row.last_failed_at),
    last_error: row.last_error,
  })
  return {
    place(row: ChannelRow): Channel {
      return {
        id: row.id,
        object: 'notification_channel',
        kind: placeKindOf(row),
        name: row.name ?? row.id,
        target: row.target,
        user_id: row.user_id,
        ...subscribed(row),
        from_stage: row.from_stage,
        rules: row.rules ?? [],
        quiet_hours: row.quiet_hours,
        remind_minutes: row.remind_minutes,
      }
    },
    webhook(row: ChannelRow): Webhook {
      const overlaps = row.overlap_until !== null && row.overlap_until.getTime() > clock.now()
      return {
        id: row.id,
        object: 'webhook',
        url: row.target,
        description: row.name,
        ...subscribed(row),
        overlap_until: overlaps ? iso(row.overlap_until) : null,
      }
    },
  }
}

/** @throws when it is a webhook */
export function placeKindOf({ id, kind }: ChannelRow): PlaceKind {
  if (kind === 'webhook') throw new Error(`${id} is a webhook`)
  return kind
}
