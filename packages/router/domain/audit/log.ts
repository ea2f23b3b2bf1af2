// The sealed log as verifiers read it: its checkpoint, its tiles, its entries.
import type { AuditLog, Cosignature } from '@xerotier/protocol/api/audit.ts'
import { auditOriginOf, cosignerNameOf } from '@xerotier/protocol/audit-log.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { isSignedBy, noteKey, parseNote, signatureLine, verifierKey } from '@xerotier/runtime/tlog/note.ts'
import { bundleOf, parseTilePath, tileWidth } from '@xerotier/runtime/tlog/tiles.ts'
import { hashBytes } from '@xerotier/runtime/tlog/tree.ts'
import { selectCosignatures } from '../../store/audit-cosignatures.ts'
import { selectCheckpoint, selectEntries, selectFirstTile, selectStrays, selectTiles } from '../../store/audit-log.ts'
import { selectOutside } from '../../store/audit-outside.ts'
import type { Member } from '../actor.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import type { Heads } from './heads.ts'
import { logKeyOf } from './log-key.ts'
import { replacedKeys } from './replaced-keys.ts'
import { sealer } from './seal.ts'

type Log = Pick<Records, 'store'>

const straysShown = 100
const cosignaturesShown = 100
/** Read at once: entries of some hundred kilobytes. */
const tilesPerPage = 8

export async function showLog(
  core: Log & { identity: Pick<Identity, 'auditKey'>; heads: Pick<Heads, 'read'> },
  { projectId }: Member,
): Promise<AuditLog> {
  const { db } = core.store
  // What was seen comes first: the log goes on meanwhile, and must not seem shorter than that.
  const kept_checkpoint = core.heads.read(projectId) ?? null
  const cosignatures = await cosignaturesOf(core, projectId)
  const checkpoint = await selectCheckpoint(db, projectId)
  return {
    object: 'audit_log',
    origin: auditOriginOf(projectId),
    verifier_key: verifierKey(logKeyOf(core.identity, projectId)),
    size: checkpoint?.size ?? 0,
    first_index: ((await selectFirstTile(db, projectId)) ?? 0) * tileWidth,
    sealed_at: checkpoint?.at.toISOString() ?? null,
    checkpoint: checkpoint?.note ?? null,
    kept_checkpoint,
    cosignatures,
    strays: await selectStrays(db, projectId, sealer, straysShown),
  }
}

/**
 * What was seen of it outside and by agents, each with the signatures of the log and of who saw it;
 * without what retention has left nothing to compare with, and what another key of the log signed.
 */
export async function cosignaturesOf(
  { store, identity }: Log & { identity: Pick<Identity, 'auditKey'> },
  projectId: string,
): Promise<Cosignature[]> {
  const rows = [...(await outsideOf(store.db, projectId)), ...(await agentsOf(store.db, projectId))]
  const first = (await selectFirstTile(store.db, projectId)) ?? 0
  const key = logKeyOf(identity, projectId)
  const comparable = rows.filter(({ size, note }) => {
    if (size % tileWidth !== 0 && Math.floor(size / tileWidth) < first) return false
    // Who was away since the key of the log was replaced has seen nothing of the one of now.
    return isSignedBy(parseNote(note), key)
  })
  const agents = comparable.flatMap(({ agent_id }) => (agent_id === null ? [] : [agent_id]))
  const replaced = await replacedKeys(store.db, agents)
  return comparable.map(({ agent_id, agent_name, name, size, note, public_key, signature, at }) => {
    const own = noteKey(name, 'cosigner', public_key)
    return {
      agent_id,
      agent_name,
      verifier_key: verifierKey(own),
      replaced: agent_id === null ? [] : replaced(agent_id, public_key),
      size,
      seen_at: at.toISOString(),
      checkpoint: note + signatureLine(own, signature),
    }
  })
}

async function agentsOf(db: Records['store']['db'], projectId: string) {
  const rows = await selectCosignatures(db, projectId, cosignaturesShown)
  return rows.map((row) => ({ ...row, name: cosignerNameOf(row.agent_id) }))
}

async function outsideOf(db: Records['store']['db'], projectId: string) {
  const rows = await selectOutside(db, projectId)
  return rows.map((row) => ({ ...row, agent_id: null, agent_name: null, name: row.witness }))
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
