// The CURVE public keys that ZAP admits, in memory: a handshake must not wait for Postgres.
import { selectEnrolledKeys } from '../../store/agents.ts'
import type { Database } from '../../store/database.ts'

export interface EnrolledKeys {
  /** Whose key it is. Undefined when nobody enrolled it, or its credentials were revoked. */
  get(curveKey: string): { agentId: string } | undefined
  /** Replaces what is known with what the database says. */
  load(db: Database): Promise<void>
  add(curveKey: string, agentId: string): void
  remove(curveKey: string): void
}

export function createEnrolledKeys(): EnrolledKeys {
  let known = new Map<string, { agentId: string }>()
  return {
    get: (curveKey) => known.get(curveKey),
    async load(db) {
      const rows = await selectEnrolledKeys(db)
      known = new Map(rows.map((row) => [row.curve_public_key, { agentId: row.id }]))
    },
    add: (curveKey, agentId) => void known.set(curveKey, { agentId }),
    remove: (curveKey) => void known.delete(curveKey),
  }
}
