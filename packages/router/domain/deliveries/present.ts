import { type Delivery, deliverySchema } from '@xerotier/protocol/api/deliveries.ts'
import type { DeliveryRow } from '../../store/tables.ts'
import { publicForm } from '../public-form.ts'

type Shown = Omit<DeliveryRow, 'next_attempt_at'> & { next_attempt_at: Date | null }

const present = publicForm<Delivery, Shown, void>(deliverySchema, { object: () => 'delivery' })

/** Without its body, which may hold what only the receiver should read. */
export function presentDelivery(row: DeliveryRow): Delivery {
  return present({ ...row, next_attempt_at: row.state === 'pending' ? row.next_attempt_at : null })
}
