// The keys of enrolled agents, in memory: a handshake must not wait for Postgres. They are of no
// project, as a handshake names none. A version in the database moves with them.
import { type EnrolledKeyRow, selectEnrolledKeys, selectEnrolledKeysVersion } from '../../store/agents.ts'
import type { Records } from '../records.ts'

type Enrolled = Omit<EnrolledKeyRow, 'until'> & Partial<Pick<EnrolledKeyRow, 'until'>>

export interface EnrolledKey {
  agentId: string
  /** Ed25519, raw: verifies what the agent signs. */
  signingPublicKey: Buffer
  /** Of a key that another has taken the place of: until when it counts beside it, wall time. */
  until?: number
}

export interface EnrolledKeys {
  /** Whose key it is. Undefined when nobody enrolled it, or its credentials were revoked. */
  get(curveKey: string): EnrolledKey | undefined
  /** Reads them again if they have changed. Called at the start and every second. */
  refresh(): Promise<void>
  /** What this router has committed counts at once. */
  add(agent: Enrolled): void
  remove(curveKey: string): void
}

export function createEnrolledKeys({ store, clock }: Pick<Records, 'store' | 'clock'>): EnrolledKeys {
  let known = new Map<string, EnrolledKey>()
  let version: number | undefined
  /** Changes made here. Keys that were read during one may be from before it: read them again. */
  let changes = 0
  return {
    get(curveKey) {
      const key = known.get(curveKey)
      // No duty has to come first: it counts not a moment longer.
      return key?.until !== undefined && key.until <= clock.now() ? undefined : key
    },
    async refresh() {
      // Before the keys: what changes in between is found by the next look.
      const current = await selectEnrolledKeysVersion(store.db)
      if (current === version) return
      const before = changes
      const rows = await selectEnrolledKeys(store.db)
      if (changes !== before) return
      known = new Map(rows.map((row) => [row.curve_public_key, keyOf(row)]))
      version = current
    },
    add(agent) {
      changes += 1
      known.set(agent.curve_public_key, keyOf(agent))
    },
    remove(curveKey) {
      changes += 1
      known.delete(curveKey)
    },
  }
}

const keyOf = ({ id, signing_public_key, until }: Enrolled): EnrolledKey => ({
  agentId: id,
  signingPublicKey: signing_public_key,
  ...(until ? { until: until.getTime() } : {}),
})
