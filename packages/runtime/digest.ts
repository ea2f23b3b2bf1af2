import { hash, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'

/** SHA-256 of a UTF-8 text, hex. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex')
}

/** SHA-256 of bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer')
}

/**
 * SHA-256 of the canonical JSON of a value, hex: what every digest of ours is.
 * @throws TypeError when JSON cannot hold it.
 */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value))
}

/** Compares two secrets, or two digests, without telling by its time where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(sha256(Buffer.from(a)), sha256(Buffer.from(b)))
}
