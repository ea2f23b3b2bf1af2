import type { Delivery } from '@xerotier/protocol/api/deliveries.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectDelivery } from '../../store/deliveries.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import { moveDeliveries } from '../lifecycles/delivery.ts'
import type { Records } from '../records.ts'
import type { Outbox } from './outbox.ts'
import { presentDelivery } from './present.ts'

/**
 * Sends what was delivered or given up again, with the same ids, as if for the first time.
 * @throws Fault delivery_not_found, illegal_transition while it still waits
 */
export async function redeliver(core: Records & { outbox: Outbox }, actor: Member, id: string): Promise<Delivery> {
  const row = await write(core, async (writing) => {
    const known = await selectDelivery(writing.tx, actor.projectId, id)
    if (known === undefined) throw new Fault('delivery_not_found')
    const [moved] = await moveDeliveries(writing, (deliveries) => deliveries.where('id', '=', id), 'pending', {
      attempts: 0,
      waiting_since: writing.now,
      next_attempt_at: writing.now,
      settled_at: null,
    })
    if (moved === undefined) {
      throw new Fault('illegal_transition', { message: 'The delivery is still pending: it is tried by itself.' })
    }
    writing.after(() => core.outbox.wake())
    return moved
  })
  return presentDelivery(row)
}
