// What was offered lately, below $XDG_CACHE_HOME: several Tabs in a row ask once.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import type { Target } from '../config/target.ts'
import type { Offered } from './live-kinds.ts'

export interface CacheKey {
  env: Readonly<Record<string, string | undefined>>
  home: string
  kind: string
  target: Pick<Target, 'baseUrl' | 'apiKey'>
}

interface Kept {
  /** Milliseconds since the epoch. */
  at: number
  offers: readonly Offered[]
}

/** Undefined when there is none that can be read. */
export function readOffers(key: CacheKey): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(readFileSync(pathOf(key), 'utf8'))
    return isKept(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

export function writeOffers(key: CacheKey, kept: Kept): void {
  const path = pathOf(key)
  try {
    makeFolder(dirname(path), 0o700)
    // Whole or not at all; not synced, for nobody waits for a disk after Tab.
    const unfinished = `${path}.${randomBytes(6).toString('hex')}`
    writeFileSync(unfinished, JSON.stringify(kept), { mode: 0o600 })
    renameSync(unfinished, path)
  } catch {
    // The next Tab asks again.
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null || !('at' in value) || !('offers' in value)) return false
  return typeof value.at === 'number' && Array.isArray(value.offers) && value.offers.every(isOffered)
}

function isOffered(value: unknown): value is Offered {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    typeof value.value === 'string' &&
    'about' in value &&
    typeof value.about === 'string'
  )
}

/** Each key sees what it may see: the name of the file depends on it, and does not tell it. */
function pathOf({ env, home, kind, target }: CacheKey): string {
  const base = env.XDG_CACHE_HOME?.startsWith('/') ? env.XDG_CACHE_HOME : join(home, '.cache')
  const who = createHash('sha256')
    .update(`${target.baseUrl}\n${target.apiKey ?? ''}`)
    .digest('hex')
    .slice(0, 16)
  return join(base, 'xeroctl', `offers-${kind}-${who}.json`)
}
