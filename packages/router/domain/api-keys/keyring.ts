// API keys by the SHA-256 of their value, remembered for some seconds, so that a request waits for
// no query. Changes made by this router count at once; those of another one within `hardMs`.
import { BlockList, isIPv6 } from 'node:net'
import type { IpFilter, Quota } from '@xerotier/protocol/api/api-keys.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { sha256 } from '@xerotier/runtime/digest.ts'
import { selectApiKeyByHash } from '../../store/api-keys.ts'
import type { Database } from '../../store/database.ts'
import type { KeyActor } from '../actor.ts'

/** Asked for again in the background after `softMs`, not believed after `hardMs`. */
const softMs = 2000
const hardMs = 5000
const rememberedKeys = 10_000

export interface KnownKey {
  actor: KeyActor
  projectSlug: string
  quota: Quota | null
  /** Whether the filter of the key lets this address in. */
  admits(address: string | undefined): boolean
  /** When this value of the key becomes void, ms: its expiry, or the end of a rotation's grace. */
  validUntil: number
}

export interface Keyring {
  /** The key with this value, if it is valid now. At once when it is remembered. */
  find(value: string): KnownKey | undefined | Promise<KnownKey | undefined>
  /** Whether this value was valid lately: such a caller is not guessing. */
  knew(value: string): boolean
  forgetKey(keyId: string): void
  /** Calls back whenever the key is forgotten: it was changed or revoked. The answer stops that. */
  watch(keyId: string, callback: () => void): () => void
}

type Found = NonNullable<Awaited<ReturnType<typeof selectApiKeyByHash>>>

export function createKeyring(db: Database, clock: Clock): Keyring {
  const known = new Map<string, { key: KnownKey; loadedAt: number; refreshing: boolean }>()
  // An answer that was on its way while something was forgotten may be older than the change. It is
  // used, and not kept.
  let generation = 0
  const watchers = new Map<string, Set<() => void>>()

  const load = async (name: string, hash: Buffer): Promise<KnownKey | undefined> => {
    const asked = clock.monotonic()
    const askedIn = generation
    const row = await selectApiKeyByHash(db, hash)
    const key = row === undefined ? undefined : knownKey(row, hash)
    if (key === undefined) {
      known.delete(name)
      return undefined
    }
    if (generation === askedIn) {
      if (known.size >= rememberedKeys) known.clear()
      known.set(name, { key, loadedAt: asked, refreshing: false })
    }
    return stillValid(key)
  }
  const stillValid = (key: KnownKey) => (clock.now() < key.validUntil ? key : undefined)

  return {
    find(value) {
      const hash = sha256(Buffer.from(value))
      const name = hash.toString('latin1')
      const entry = known.get(name)
      const age = entry === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() - entry.loadedAt
      if (entry === undefined || age >= hardMs) return load(name, hash)
      if (age >= softMs && !entry.refreshing) {
        entry.refreshing = true
        // When Postgres is away the entry simply reaches its hard end.
        load(name, hash).catch(() => {
          entry.refreshing = false
        })
      }
      return stillValid(entry.key)
    },
    knew: (value) => known.has(sha256(Buffer.from(value)).toString('latin1')),
    forgetKey(keyId) {
      generation++
      for (const [name, entry] of known) if (entry.key.actor.id === keyId) known.delete(name)
      for (const callback of watchers.get(keyId) ?? []) callback()
    },
    watch(keyId, callback) {
      const those = watchers.get(keyId) ?? new Set()
      watchers.set(keyId, those.add(callback))
      return () => {
        those.delete(callback)
        if (those.size === 0 && watchers.get(keyId) === those) watchers.delete(keyId)
      }
    },
  }
}

function knownKey(row: Found, hash: Buffer): KnownKey | undefined {
  if (row.revoked_at !== null) return undefined
  const expiry = row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY
  const grace = row.hash.equals(hash) ? Number.POSITIVE_INFINITY : (row.previous_expires_at?.getTime() ?? 0)
  return {
    actor: {
      kind: 'key',
      id: row.id,
      name: row.name,
      projectId: row.project_id,
      scopes: row.scopes,
      workspaces: row.workspaces?.map(({ id }) => id) ?? null,
    },
    projectSlug: row.project_slug,
    quota: row.quota,
    admits: row.ip_filter === null ? () => true : addressCheck(row.ip_filter),
    validUntil: Math.min(expiry, grace),
  }
}

/**
 * Block wins over allow, and an empty allow list allows every address. An unknown address is not
 * admitted: nobody knows whether it is blocked.
 */
export function addressCheck(filter: IpFilter): (address: string | undefined) => boolean {
  const allow = blockList(filter.allow)
  const block = blockList(filter.block)
  return (address) => {
    if (address === undefined) return false
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    return !block.check(address, family) && (filter.allow.length === 0 || allow.check(address, family))
  }
}

function blockList(entries: string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
