// The router's keys that this agent takes grants by. It takes a new one only from one that it has:
// whoever can speak to it cannot make it trust another.
import type { KeyObject } from 'node:crypto'
import type { GrantKeysFrame } from '@xerotier/protocol/frames/rotation/grant-keys.ts'
import { grantKeyText } from '@xerotier/protocol/rotation.ts'
import { keyIdOf, verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import type { Log } from '@xerotier/runtime/log.ts'

export interface GrantKeys {
  /** By the first 16 hex digits of the SHA-256 of the raw public key. */
  find(keyId: string): KeyObject | undefined
  heard(frame: Pick<GrantKeysFrame, 'live' | 'statements'>): void
}

/**
 * @param pinned as it came with the enrollment, hex
 * @param pin keeps the newest; may throw
 */
export function createGrantKeys({ log, pin }: { log: Log; pin(publicKey: string): void }, pinned: string): GrantKeys {
  let trusted = [pinned]
  let byId = keysOf(trusted)
  return {
    find: (keyId) => byId.get(keyId),
    heard({ live, statements }) {
      const known = reachable(trusted, statements)
      const next = live.filter((key) => known.has(key))
      const newest = next.at(-1)
      if (newest === undefined || newest !== live.at(-1)) {
        log.critical(
          { trusted: trusted.map(idOf), told: live.map(idOf) },
          'no grant key that this agent has vouches for the one of the router; granted calls are refused until it is enrolled again',
        )
        return
      }
      const isNew = !trusted.includes(newest)
      trusted = next
      byId = keysOf(trusted)
      if (isNew) log.notice({ key_id: idOf(newest) }, 'the router signs grants with a new key')
      try {
        if (isNew) pin(newest)
      } catch (error) {
        log.warning({ error }, 'the new grant key cannot be kept; the router tells it again after a restart')
      }
    },
  }
}

/** What follows from the keys that are had, statement by statement. */
function reachable(trusted: readonly string[], statements: GrantKeysFrame['statements']): Set<string> {
  const known = new Set(trusted)
  for (const { signer, public_key, signature } of statements) {
    if (!known.has(signer) || known.has(public_key)) continue
    const text = Buffer.from(grantKeyText({ signer, public_key }))
    if (verifySignature(verifyingKey(Buffer.from(signer, 'hex')), text, signature)) known.add(public_key)
  }
  return known
}

const idOf = (key: string) => keyIdOf(Buffer.from(key, 'hex'))
const keysOf = (keys: readonly string[]) =>
  new Map(keys.map((key) => [idOf(key), verifyingKey(Buffer.from(key, 'hex'))]))
