// The CURVE public keys that ZAP admits, in memory: a handshake must not wait for Postgres. They
// are of no project, as a handshake names none. A version in the database moves with them.
import { selectEnrolledKeys, selectEnrolledKeysVersion } from '../../store/agents.ts'
import type { Records } from '../records.ts'

export interface EnrolledKeys {
  /** Whose key it is. Undefined when nobody enrolled it, or its credentials were revoked. */
  get(curveKey: string): { agentId: string } | undefined
  /** Reads them again if they have changed. Called at the start and every second. */
  refresh(): Promise<void>
  /** What this router has committed counts at once. */
  add(curveKey: string, agentId: string): void
  remove(curveKey: string): void
}

export function createEnrolledKeys({ store }: Pick<Records, 'store'>): EnrolledKeys {
  let known = new Map<string, { agentId: string }>()
  let version: number | undefined
  /** Changes made here. Keys that were read during one may be from before it: read them again. */
  let changes = 0
  return {
    get: (curveKey) => known.get(curveKey),
    async refresh() {
      // Before the keys: what changes in between is found by the next look.
      const current = await selectEnrolledKeysVersion(store.db)
      if (current === version) return
      const before = changes
      const rows = await selectEnrolledKeys(store.db)
      if (changes !== before) return
      known = new Map(rows.map((row) => [row.curve_public_key, { agentId: row.id }]))
      version = current
    },
    add(curveKey, agentId) {
      changes += 1
      known.set(curveKey, { agentId })
    },
    remove(curveKey) {
      changes += 1
      known.delete(curveKey)
    },
  }
}
