// API keys by the SHA-256 of their value, remembered for some seconds, so that a request waits for
// no query. Changes made by this router count at once; those of another one within `hardMs`.
import { BlockList, isIPv6 } from 'node:net'
import type { IpFilter, Quota } from '@xerotier/protocol/api/api-keys.ts'
import { scopesOfRole } from '@xerotier/protocol/roles.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { sha256 } from '@xerotier/runtime/digest.ts'
import { selectApiKeyByHash } from '../../store/api-keys.ts'
import type { Database } from '../../store/database.ts'
import { type Caller, type KeyHolder, personActor, serviceKeyActor } from '../actor.ts'

/** Asked for again in the background after `softMs`, not believed after `hardMs`. */
const softMs = 2000
const hardMs = 5000
const rememberedKeys = 10_000

export interface KnownKey {
  actor: KeyHolder
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
  /** All keys of a person: what they are has changed. */
  forgetPerson(userId: string): void
  /**
   * Calls back whenever the key of the caller is forgotten: it was changed or revoked, or its
   * person was. The answer stops that.
   */
  watch(caller: Caller, callback: () => void): () => void
}

type Found = NonNullable<Awaited<ReturnType<typeof selectApiKeyByHash>>>

export function createKeyring(db: Database, clock: Clock): Keyring {
  const known = new Map<string, { key: KnownKey; loadedAt: number; refreshing: boolean }>()
  // An answer that was on its way while something was forgotten may be older than the change. It is
  // used, and not kept.
  let generation = 0
  const watchers = new Set<{ caller: Caller; callback: () => void }>()

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
  const forget = (whose: (caller: Caller) => boolean) => {
    generation++
    for (const [name, { key }] of known) if (whose(key.actor)) known.delete(name)
    for (const { caller, callback } of watchers) if (whose(caller)) callback()
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
    forgetKey: (keyId) => forget((caller) => caller.key?.id === keyId),
    forgetPerson: (userId) => forget((caller) => caller.person?.id === userId),
    watch(caller, callback) {
      const watcher = { caller, callback }
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
  }
}

function knownKey(row: Found, hash: Buffer): KnownKey | undefined {
  const actor = actorOf(row)
  if (row.revoked_at !== null || actor === undefined) return undefined
  const expiry = row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY
  const grace = row.hash.equals(hash) ? Number.POSITIVE_INFINITY : (row.previous_expires_at?.getTime() ?? 0)
  return {
    actor,
    projectSlug: row.project_slug,
    quota: row.quota,
    admits: row.ip_filter === null ? () => true : addressCheck(row.ip_filter),
    validUntil: Math.min(expiry, grace),
  }
}

/** Undefined for a key of somebody who was deactivated, or is no member of the project any more. */
function actorOf(row: Found): KeyHolder | undefined {
  const key = { id: row.id, name: row.name }
  const entrant = {
    projectId: row.project_id,
    door: 'api',
    scopes: row.scopes,
    workspaces: row.workspaces?.map(({ id }) => id) ?? null,
  } as const
  const { user_id: id, user_name: name, user_email: email } = row
  if (id === null) return serviceKeyActor(key, entrant)
  if (name === null || email === null || row.user_active !== true || row.user_role === null) return undefined
  const inRole = scopesOfRole[row.user_role]
  const scopes = row.scopes.filter((scope) => inRole.includes(scope))
  return { ...personActor({ id, name, email }, { ...entrant, scopes, key }), key }
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
