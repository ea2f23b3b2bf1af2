// Each delivery to its receiver, by the kind of that.
import { testType } from '@xerotier/protocol/webhook-types.ts'
import { selectReceiver } from '../../store/channels.ts'
import type { DeliveryRow } from '../../store/tables.ts'
import type { Attempted, Send } from '../deliveries/attempt.ts'
import type { OutboxOptions } from '../deliveries/outbox.ts'
import type { Records } from '../records.ts'
import { type Sending, sendWebhook } from './send-webhook.ts'

export function createSend(core: Sending & Records): Send {
  return async (delivery): Promise<Attempted> => {
    const channel = delivery.channel_id === null ? undefined : await selectReceiver(core.store.db, delivery.channel_id)
    if (channel === undefined) return { delivered: false, error: 'its receiver was removed', final: true }
    const attempted = await sendWebhook(core, channel, delivery)
    // Who asked for a test is told now.
    return delivery.type === testType && !attempted.delivered ? { ...attempted, final: true } : attempted
  }
}

/** What the receiver's own record says of its last attempts. */
export const noteAtReceiver: NonNullable<OutboxOptions['noted']> = async (
  { tx, now },
  { channel_id }: DeliveryRow,
  attempted,
) => {
  if (channel_id === null) return
  await tx
    .updateTable('channels')
    .set(
      attempted.delivered
        ? { last_delivered_at: now, last_error: null }
        : { last_failed_at: now, last_error: attempted.error },
    )
    .where('id', '=', channel_id)
    .execute()
}
