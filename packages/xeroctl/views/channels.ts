import type { Channel } from '@xerotier/protocol/api/channels.ts'
import type { RecordView, View } from '../output/view.ts'
import { quietText } from './quiet-hours.ts'
import { healthOf, listOr } from './webhooks.ts'

export const channelView: View<Channel> = {
  name: (channel) => channel.id,
  columns: [
    { header: 'ID', value: (channel) => channel.id },
    { header: 'KIND', value: (channel) => channel.kind },
    { header: 'NAME', value: (channel) => channel.name, shrink: true },
    { header: 'TARGET', value: (channel) => channel.target, dropOrder: 3 },
    { header: 'EVENTS', value: (channel) => channel.events.join(','), shrink: true, dropOrder: 2 },
    { header: 'ACTIVE', value: (channel) => channel.is_active },
    { header: 'HEALTH', value: healthOf, dropOrder: 4 },
    { header: 'CREATED', value: (channel) => ({ time: channel.created_at }), dropOrder: 1 },
  ],
}

export const channelRecord: RecordView<Channel> = {
  name: channelView.name,
  detail: (channel) => ({
    fields: [
      ['Id', channel.id],
      ['Kind', channel.kind],
      ['Name', channel.name],
      ['Target', channel.target],
      ...(channel.user_id === null ? [] : [['Person', channel.user_id] as const]),
      ['Events', channel.events.join(', ')],
      ['Workspaces', listOr(channel.workspaces.map(({ name }) => name))],
      ['Risks', listOr(channel.risks)],
      ['From stage', channel.from_stage],
      ['Rules', listOr(channel.rules)],
      ['Quiet hours', quietText(channel.quiet_hours)],
      ['Reminders', channel.remind_minutes === null ? 'never' : `every ${channel.remind_minutes} minutes`],
      ['Active', channel.is_active],
      ['Last delivered', { time: channel.last_delivered_at }],
      ['Last failed', { time: channel.last_failed_at }],
      ['Last error', channel.last_error],
      ['Created', { time: channel.created_at }],
      ['Updated', { time: channel.updated_at }],
    ],
  }),
}
