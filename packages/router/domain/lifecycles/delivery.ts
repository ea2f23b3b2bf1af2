// Deliveries move to another state: compare-and-set over their lifecycle. No event is written: what
// is told of events would be told of itself.
import { type DeliveryState, deliveryLifecycle } from '@xerotier/protocol/lifecycles/delivery.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Updateable, UpdateQueryBuilder, UpdateResult } from 'kysely'
import type { DeliveryRow, Tables } from '../../store/tables.ts'
import type { Writing } from '../events/write.ts'

type Update = UpdateQueryBuilder<Tables, 'deliveries', 'deliveries', UpdateResult>

/**
 * @param which narrows the update to the deliveries that it is about
 * @returns those that moved, as they are now
 */
export function moveDeliveries(
  { tx }: Pick<Writing, 'tx'>,
  which: (deliveries: Update) => Update,
  to: DeliveryState,
  set: Updateable<Tables['deliveries']>,
): Promise<DeliveryRow[]> {
  return which(tx.updateTable('deliveries').set({ ...set, state: to }))
    .where('state', 'in', sourcesOf(deliveryLifecycle, to))
    .returningAll()
    .execute()
}
