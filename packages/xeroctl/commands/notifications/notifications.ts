import { group } from '../../command.ts'
import { notificationsDeliveries } from './deliveries.ts'
import { notificationsRedeliver } from './redeliver.ts'

export const notifications = group({
  name: 'notifications',
  summary: 'Deliveries to webhooks, channels and people',
  members: [notificationsDeliveries, notificationsRedeliver],
  bare: { list: notificationsDeliveries },
})
