import { createHash } from 'node:crypto'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'

/**
 * SHA-256, hex, over the nonce and the canonical JSON
 * of a secret. It tells nothing without the nonce.
 */
export function commitmentOf(nonce: Uint8Array, value: unknown): string {
  return createHash('sha256').update(nonce).update(canonicalJson(value)).digest('hex')
}
