// The sealed log as verifiers read it: its checkpoint, its tiles, its entries.
import type { AuditLog } from '@xerotier/protocol/api/audit.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { verifierKey } from '@xerotier/runtime/tlog/note.ts'
import { bundleOf, parseTilePath, tileWidth } from '@xerotier/runtime/tlog/tiles.ts'
import { hashBytes } from '@xerotier/runtime/tlog/tree.ts'
import { selectCheckpoint, selectEntries, selectFirstTile, selectStrays, selectTiles } from '../../store/audit-log.ts'
import type { Member } from '../actor.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import type { Heads } from './heads.ts'
import { logKeyOf, originOf } from './log-key.ts'
import { sealer } from './seal.ts'

type Log = Pick<Records, 'store'>

const straysShown = 100
/** Read at once: entries of some hundred kilobytes. */
const tilesPerPage = 8

export async function showLog(
  core: Log & { identity: Pick<Identity, 'auditKey'>; heads: Pick<Heads, 'read'> },
  { projectId }: Member,
): Promise<AuditLog> {
  const { db } = core.store
  const checkpoint = await selectCheckpoint(db, projectId)
  return {
    object: 'audit_log',
    origin: originOf(projectId),
    verifier_key: verifierKey(logKeyOf(core.identity, projectId)),
    size: checkpoint?.size ?? 0,
    first_index: ((await selectFirstTile(db, projectId)) ?? 0) * tileWidth,
    sealed_at: checkpoint?.at.toISOString() ?? null,
    checkpoint: checkpoint?.note ?? null,
    kept_checkpoint: core.heads.read(projectId) ?? null,
    strays: await selectStrays(db, projectId, sealer, straysShown),
  }
}

/** @throws Fault audit_tile_not_found before the first seal */
export async function checkpointText({ store }: Log, { projectId }: Member): Promise<string> {
  const checkpoint = await selectCheckpoint(store.db, projectId)
  if (checkpoint === undefined) throw new Fault('audit_tile_not_found')
  return checkpoint.note
}

/** @throws Fault audit_tile_not_found */
export async function tileBytes({ store }: Log, { projectId }: Member, segments: readonly string[]): Promise<Buffer> {
  const place = parseTilePath(`tile/${segments.join('/')}`)
  if (place === undefined) throw new Fault('audit_tile_not_found')
  const { level, n, width } = place
  if (level === 'entries') {
    const entries = await selectEntries(store.db, projectId, n, 1)
    if (entries.length < width) throw new Fault('audit_tile_not_found')
    return bundleOf(entries.slice(0, width).map(({ entry }) => Buffer.from(entry ?? '')))
  }
  const hashes = (await selectTiles(store.db, projectId, [{ level, n }])).get(`${level}/${n}`)
  if (hashes === undefined || hashes.length < width * hashBytes) throw new Fault('audit_tile_not_found')
  return hashes.subarray(0, width * hashBytes)
}

/**
 * The entries from `from` up to `to`, one a line.
 * @throws Fault audit_tile_not_found, before the first byte, when the first is not there
 */
export async function entryLines(
  { store }: Log,
  { projectId }: Member,
  { from, to }: { from: number; to: number },
): Promise<AsyncGenerator<Buffer>> {
  const firstTile = Math.floor(from / tileWidth)
  let page = await selectEntries(store.db, projectId, firstTile, tilesPerPage)
  if (from < to && page[0]?.index !== firstTile * tileWidth) throw new Fault('audit_tile_not_found')
  return (async function* () {
    for (let tile = firstTile; page.length > 0; ) {
      const lines = page.filter(({ index }) => index >= from && index < to).map(({ entry }) => `${entry ?? 'null'}\n`)
      if (lines.length > 0) yield Buffer.from(lines.join(''))
      tile += tilesPerPage
      if (tile * tileWidth >= to) return
      page = await selectEntries(store.db, projectId, tile, tilesPerPage)
      // What is left out would be taken for what was never there.
      if (((await selectFirstTile(store.db, projectId)) ?? 0) > tile)
        throw new Error('retention removed what was being read')
    }
  })()
}
