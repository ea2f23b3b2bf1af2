// The keys of enrolled agents, in memory: a handshake must not wait for Postgres. They are of no
// project, as a handshake names none. A version in the database moves with them.
import {
  type EnrolledKeyRow,
  type SigningKeyRow,
  selectEnrolledKeys,
  selectEnrolledKeysVersion,
  selectSigningKeysBeside,
} from '../../store/agents.ts'
import type { Records } from '../records.ts'

type Enrolled = Omit<EnrolledKeyRow, 'until'> & Partial<Pick<EnrolledKeyRow, 'until'>>
type Beside = Omit<SigningKeyRow, 'until'> & Partial<Pick<SigningKeyRow, 'until'>>

export interface EnrolledKey {
  agentId: string
  /**
   * Ed25519, raw: verify what the agent signs. One, and a second while another takes its place.
   */
  signingPublicKeys: readonly Buffer[]
  /** Of a key that another has taken the place of: until when it counts beside it, wall time. */
  until?: number
}

export interface EnrolledKeys {
  /** Whose key it is. Undefined when nobody enrolled it, or its credentials were revoked. */
  get(curveKey: string): EnrolledKey | undefined
  /** What an agent signs with; none when nobody enrolled it, or its credentials were revoked. */
  signingKeysOf(agentId: string): readonly Buffer[]
  /** Reads them again if they have changed. Called at the start and every second. */
  refresh(): Promise<void>
  /** What this router has committed counts at once. */
  add(agent: Enrolled): void
  remove(curveKey: string): void
  /** Another signing key counts beside that of the agent. */
  addSigning(key: Beside): void
  removeSigning(key: Pick<Beside, 'id' | 'key'>): void
}

/** A key, and until when it counts. */
type Counting = Map<string, { key: Buffer; until: number | undefined }>

export function createEnrolledKeys({ store, clock }: Pick<Records, 'store' | 'clock'>): EnrolledKeys {
  let known = new Map<string, Known>()
  /** What agents sign with, by agent. */
  let signing = new Map<string, Buffer>()
  /** What counts beside it. */
  let beside = new Map<string, Counting>()
  let version: number | undefined
  /** Changes made here. Keys that were read during one may be from before it: read them again. */
  let changes = 0
  // No duty has to come first: a key counts not a moment longer.
  const isOver = (until: number | undefined) => until !== undefined && until <= clock.now()
  function signingKeysOf(agentId: string): readonly Buffer[] {
    const key = signing.get(agentId)
    if (key === undefined) return []
    const others = [...(beside.get(agentId)?.values() ?? [])].filter((other) => !isOver(other.until))
    return [key, ...others.map((other) => other.key)]
  }
  return {
    signingKeysOf,
    get(curveKey) {
      const found = known.get(curveKey)
      const signingPublicKeys = found === undefined ? [] : signingKeysOf(found.agentId)
      if (found === undefined || signingPublicKeys.length === 0 || isOver(found.until)) return undefined
      const { agentId, until } = found
      return { agentId, signingPublicKeys, ...(until === undefined ? {} : { until }) }
    },
    async refresh() {
      // Before the keys: what changes in between is found by the next look.
      const current = await selectEnrolledKeysVersion(store.db)
      if (current === version) return
      const before = changes
      const rows = await selectEnrolledKeys(store.db)
      const others = await selectSigningKeysBeside(store.db)
      if (changes !== before) return
      known = new Map(rows.map((row) => [row.curve_public_key, knownOf(row)]))
      signing = new Map(rows.map((row) => [row.id, row.signing_public_key]))
      beside = new Map()
      for (const row of others) put(beside, row)
      version = current
    },
    add(agent) {
      changes += 1
      known.set(agent.curve_public_key, knownOf(agent))
      signing.set(agent.id, agent.signing_public_key)
    },
    remove(curveKey) {
      changes += 1
      known.delete(curveKey)
    },
    addSigning(key) {
      changes += 1
      put(beside, key)
    },
    removeSigning({ id, key }) {
      changes += 1
      const keys = beside.get(id)
      keys?.delete(key.toString('hex'))
      if (keys?.size === 0) beside.delete(id)
    },
  }
}

interface Known {
  agentId: string
  until: number | undefined
}

const knownOf = ({ id, until }: Enrolled): Known => ({ agentId: id, until: until?.getTime() })

function put(beside: Map<string, Counting>, { id, key, until }: Beside): void {
  const keys: Counting = beside.get(id) ?? new Map()
  beside.set(id, keys.set(key.toString('hex'), { key, until: until?.getTime() }))
}
