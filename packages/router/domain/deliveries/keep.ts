// Deliveries are kept for some days: those that were made, and dead letters.
import { limits } from '@xerotier/protocol/limits.ts'
import { selectSettledBefore } from '../../store/deliveries.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'

const perSweep = 5_000
const dayMs = 24 * 3_600_000
const days = { delivered: limits.deliveredDays, exhausted: limits.deadLetterDays } as const

export async function removeOldDeliveries(records: Records): Promise<void> {
  await write(records, async ({ tx, now }) => {
    for (const state of ['delivered', 'exhausted'] as const) {
      const before = new Date(now.getTime() - days[state] * dayMs)
      const ids = (await selectSettledBefore(tx, state, before, perSweep)).map(({ id }) => id)
      if (ids.length > 0) await tx.deleteFrom('deliveries').where('id', 'in', ids).execute()
    }
  })
}
