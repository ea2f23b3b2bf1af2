// The outbox: what is to be sent is a row, written in the transaction that decides so. Whatever
// happens to the router afterwards, it is sent, at least once.
import { limits } from '@xerotier/protocol/limits.ts'
import { sealedFor, sealText } from '../../store/contents.ts'
import { countPendingDeliveries } from '../../store/deliveries.ts'
import type { Writing } from '../events/write.ts'
import { newId } from '../ids.ts'

/** A statement has 65,535 parameters at most. */
const rowsPerInsert = 1000

export interface NewDelivery {
  projectId: string
  /** The webhook or channel; null for a person. */
  channelId: string | null
  /** Receivers do not wait for each other: what goes to one of them stands in one lane. */
  lane: string
  /** Of the event, the same for all who are told of it: `evt_…`. */
  eventId: string
  type: string
  body: string
  /** It holds what a call carries, or a secret, that is to be encrypted. */
  isSealed?: boolean
  recipient?: string
  approvalId?: string | null
}

/** What comes when too many wait for a receiver is a dead letter at once, and can be sent later. */
export async function enqueue(
  { tx, now, contents }: Pick<Writing, 'tx' | 'now' | 'contents'>,
  deliveries: NewDelivery[],
): Promise<void> {
  if (deliveries.length === 0) return
  const max = limits.pendingDeliveriesPerReceiver
  const lanes = [...new Set(deliveries.map(({ lane }) => lane))]
  const waiting = await countPendingDeliveries(tx, lanes, max)
  const rows = deliveries.map((delivery) => {
    const count = waiting.get(delivery.lane) ?? 0
    waiting.set(delivery.lane, count + 1)
    const isFull = count >= max
    const { body, isSealed = false } = delivery
    const id = newId('dlv', now.getTime())
    return {
      id,
      project_id: delivery.projectId,
      channel_id: delivery.channelId,
      lane: delivery.lane,
      event_id: delivery.eventId,
      type: delivery.type,
      state: isFull ? ('exhausted' as const) : ('pending' as const),
      body: isSealed ? sealText(contents, sealedFor.body(id), body) : body,
      sealed_with: isSealed ? contents.keyId : null,
      recipient: delivery.recipient ?? null,
      approval_id: delivery.approvalId ?? null,
      created_at: now,
      waiting_since: now,
      next_attempt_at: now,
      last_error: isFull ? `${max} deliveries wait for this receiver already, which is the limit` : null,
      settled_at: isFull ? now : null,
    }
  })
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    await tx
      .insertInto('deliveries')
      .values(rows.slice(from, from + rowsPerInsert))
      .execute()
  }
}
