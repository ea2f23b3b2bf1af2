import type { Event } from '@xerotier/protocol/api/events.ts'
import type { View } from '../output/view.ts'

export const eventView: View<Event> = {
  name: (event) => event.id,
  columns: [
    { header: 'AT', value: (event) => event.at },
    { header: 'EVENT', value: (event) => event.kind },
    { header: 'BY', value: (event) => event.actor_name ?? event.actor, dropOrder: 1 },
    { header: 'ID', value: (event) => event.id, wide: true },
    {
      header: 'DETAIL',
      value: (event) => (Object.keys(event.data).length === 0 ? null : JSON.stringify(event.data)),
      shrink: true,
    },
  ],
}
