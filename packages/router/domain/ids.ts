// New identifiers in the order of their making, which pages and the queue follow. Their randomness
// is pooled: one crypto call makes some hundred ids.
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

/**
 * Ids of one millisecond count up (RFC 9562 §6.2, method 1). When a clock stands still or goes
 * back, they run ahead of it.
 */
const countersPerMs = 0x1000
let lastMs = 0
let counter = 0

function tick(now: number): void {
  if (now > lastMs) {
    lastMs = now
    counter = 0
  } else if (++counter === countersPerMs) {
    lastMs += 1
    counter = 0
  }
}

/**
 * UUID version 7 (RFC 9562): 48 bits of milliseconds, 12 of the counter, 62 of randomness.
 * @param now ms since the epoch
 */
export function newUuid(now: number): string {
  tick(now)
  const time = lastMs.toString(16).padStart(12, '0')
  const hex = random(8).toString('hex')
  const variant = '89ab'[Number.parseInt(hex.charAt(0), 16) & 3]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${hex.slice(1, 4)}-${hex.slice(4, 16)}`
}

export type IdPrefix =
  | 'proj'
  | 'gk'
  | 'ses'
  | 'lgn'
  | 'psk'
  | 'vk'
  | 'pol'
  | 'ws'
  | 'agt'
  | 'key'
  | 'jk'
  | 'cart'
  | 'usr'
  | 'grp'
  | 'dlg'
  | 'inv'
  | 'wh'
  | 'chn'
  | 'evt'
  | 'dlv'
  | 'ntc'
  | 'lnk'
  | 'pse'
  | 'exp'
  | 'cand'
  | 'lgh'
  | 'rot'
  | 'rk'

/** `<prefix>_<24 hex>`: 48 bits of milliseconds, 12 of the counter, 36 of randomness. */
export function newId(prefix: IdPrefix, now: number): string {
  tick(now)
  return `${prefix}_${lastMs.toString(16).padStart(12, '0')}${counter.toString(16).padStart(3, '0')}${random(5).toString('hex').slice(1)}`
}

export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9a-f]{24}$/.test(text.slice(prefix.length + 1))
}
