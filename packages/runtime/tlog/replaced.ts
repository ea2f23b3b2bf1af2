// A witness signs with another key than the one that somebody keeps: whether the older one names
// it.
import { signingRotateText } from '@xerotier/protocol/rotation.ts'
import { verifyingKey, verifySignature } from '../ed25519.ts'
import type { NoteKey } from './note.ts'

export interface Replaced {
  key: NoteKey
  rotation_id: string
  /** Of this key, over the text that names the one after it. */
  signature: Buffer
}

/** @param replaced the oldest first @returns the key, and those from which it is reached */
export function reachedFrom(key: NoteKey, replaced: readonly Replaced[]): NoteKey[] {
  const keys = [key]
  for (let newer = key, at = replaced.length - 1; at >= 0; at--) {
    const one = replaced[at]
    if (one === undefined || one.key.name !== key.name || one.key.type !== 'cosigner' || !names(one, newer)) break
    keys.push(one.key)
    newer = one.key
  }
  return keys
}

function names({ key, rotation_id, signature }: Replaced, newer: NoteKey): boolean {
  const agent_id = key.name.slice(key.name.indexOf('/') + 1)
  const [old_key, new_key] = [key.publicKey.toString('hex'), newer.publicKey.toString('hex')]
  const text = signingRotateText({ rotation_id, agent_id, old_key, new_key })
  return verifySignature(verifyingKey(key.publicKey), Buffer.from(text), signature)
}
