// What encrypts the secrets of the record. The first key encrypts; the others open what they
// encrypted, until `reencrypt.ts` is through with it. None of them is a row of the database.
import { createHash } from 'node:crypto'

/** Bytes of a key's id. */
export const keyIdBytes = 4

export interface EncryptionKey {
  /** Of the key alone: routers with the same keys agree on it. */
  id: Buffer
  key: Buffer
}

export interface Keyring {
  current: EncryptionKey
  byId(id: Buffer): EncryptionKey | undefined
  /** What encrypted before there were ids: derived from the router's signing key. */
  unnamed: Buffer
}

/** @param keys of 32 bytes each, the one that encrypts first */
export function createKeyring(keys: readonly [Buffer, ...Buffer[]], unnamed: Buffer): Keyring {
  const [first, ...others] = keys
  const current = named(first)
  const all = [current, ...others.map(named)]
  return { current, unnamed, byId: (id) => all.find((known) => known.id.equals(id)) }
}

function named(key: Buffer): EncryptionKey {
  const digest = createHash('sha256').update('xerotier encryption key').update(key).digest()
  return { id: digest.subarray(0, keyIdBytes), key }
}
