import type { Delivery } from '@xerotier/protocol/api/deliveries.ts'
import { deliveryStates } from '@xerotier/protocol/lifecycles/delivery.ts'
import { selectDeliveries } from '../../store/deliveries.ts'
import type { Member } from '../actor.ts'
import { idCursor, type Page, toPage, wordsOf } from '../page.ts'
import type { Records } from '../records.ts'
import { presentDelivery } from './present.ts'

/** Newest first. @throws Fault invalid_request */
export async function listDeliveries(
  core: Pick<Records, 'store'>,
  actor: Member,
  query: { limit: number; after?: string | undefined; state?: string | undefined; channel?: string | undefined },
): Promise<Page<Delivery>> {
  const rows = await selectDeliveries(core.store.db, actor.projectId, {
    limit: query.limit,
    after: idCursor('dlv', query.after),
    states: wordsOf(query.state, 'state', deliveryStates),
    channelId: query.channel,
  })
  return toPage(rows, query.limit, presentDelivery, ({ id }) => id)
}
