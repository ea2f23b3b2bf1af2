import { write } from '../events/write.ts'
import type { Records } from '../records.ts'

const intervalMs = 60_000
const rememberedKeys = 10_000

export interface UsageRecord {
  /** Notes that a key was used now; written at most once a minute, and nobody waits for it. */
  used(keyId: string): void
}

export function createUsageRecord(core: Records): UsageRecord {
  const { clock, log } = core
  const written = new Map<string, number>()
  return {
    used(keyId) {
      const now = clock.now()
      const moment = clock.monotonic()
      if (moment - (written.get(keyId) ?? Number.NEGATIVE_INFINITY) < intervalMs) return
      if (written.size >= rememberedKeys) written.clear()
      written.set(keyId, moment)
      write(core, ({ tx }) =>
        tx
          .updateTable('api_keys')
          .set({ last_used_at: new Date(now) })
          .where('id', '=', keyId)
          .execute(),
      ).catch((error) => log.debug({ error, key_id: keyId }, 'could not note the use of an API key'))
    },
  }
}
