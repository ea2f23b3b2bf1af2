// New identifiers, time-ordered, from pooled randomness: one crypto call makes some hundred ids.
import { randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafe(4096)
let used = pool.length

function random(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}

/** RFC 9562 UUID version 7: 48 bits of milliseconds, then randomness. */
export function newUuid(now: number): string {
  const hex = now.toString(16).padStart(12, '0') + random(10).toString('hex')
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export type IdPrefix = 'proj' | 'ws' | 'agt' | 'key' | 'jk' | 'cart'

/** `<prefix>_<24 hex>`: 48 bits of milliseconds, 48 of randomness. */
export function newId(prefix: IdPrefix, now: number): string {
  return `${prefix}_${now.toString(16).padStart(12, '0')}${random(6).toString('hex')}`
}
