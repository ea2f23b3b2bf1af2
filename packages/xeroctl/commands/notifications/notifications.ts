import { group } from '../../command.ts'
import { channels } from './channels/channels.ts'
import { notificationsDeliveries } from './deliveries.ts'
import { notificationsRedeliver } from './redeliver.ts'

export const notifications = group({
  name: 'notifications',
  summary: 'Channels where people are told, and what was sent',
  members: [channels, notificationsDeliveries, notificationsRedeliver],
  bare: { list: notificationsDeliveries },
})
