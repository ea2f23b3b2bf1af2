import type { Delivery } from '@xerotier/protocol/api/deliveries.ts'
import type { RecordView, View } from '../output/view.ts'

export const deliveryView: View<Delivery> = {
  name: (delivery) => delivery.id,
  columns: [
    { header: 'ID', value: (delivery) => delivery.id },
    { header: 'TYPE', value: (delivery) => delivery.type, dropOrder: 4 },
    { header: 'STATE', value: (delivery) => ({ word: delivery.state }) },
    { header: 'ATTEMPTS', value: (delivery) => delivery.attempts, shortHeader: 'TRIES', right: true, dropOrder: 2 },
    {
      header: 'NEXT',
      value: (delivery) => ({ due: delivery.next_attempt_at }),
      short: (delivery) => ({ left: delivery.next_attempt_at }),
      dropOrder: 3,
    },
    // Why one failed outlasts what it was about: that stands on its page.
    { header: 'ERROR', value: (delivery) => delivery.last_error, shrink: true },
    { header: 'CREATED', value: (delivery) => ({ time: delivery.created_at }), dropOrder: 1 },
    { header: 'TO', value: receiverOf, wide: true },
    { header: 'EVENT', value: (delivery) => delivery.event_id, wide: true },
  ],
}

export const deliveryRecord: RecordView<Delivery> = {
  name: deliveryView.name,
  detail: (delivery) => ({
    fields: [
      ['Id', delivery.id],
      ['Event', delivery.event_id],
      ['Type', delivery.type],
      ['To', receiverOf(delivery)],
      ['State', { word: delivery.state }],
      ['Attempts', delivery.attempts],
      ['Last attempt', { time: delivery.last_attempt_at }],
      ['Last answer', delivery.last_status],
      ['Last error', delivery.last_error],
      ['Next attempt', { due: delivery.next_attempt_at }],
      ['Approval', delivery.approval_id],
      ['Created', { time: delivery.created_at }],
      ['Settled', { time: delivery.settled_at }],
    ],
  }),
}

function receiverOf({ channel_id, recipient }: Delivery): string | null {
  return channel_id ?? recipient
}
