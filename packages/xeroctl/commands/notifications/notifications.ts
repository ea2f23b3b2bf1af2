import { group } from '../../command.ts'
import { channels } from './channels/channels.ts'
import { notificationsDeliveries } from './deliveries.ts'
import { notificationsQuietHours } from './quiet-hours.ts'
import { notificationsRedeliver } from './redeliver.ts'

export const notifications = group({
  name: 'notifications',
  summary: 'Channels where people are told, and what was sent',
  members: [channels, notificationsQuietHours, notificationsDeliveries, notificationsRedeliver],
  bare: { list: notificationsDeliveries },
})
