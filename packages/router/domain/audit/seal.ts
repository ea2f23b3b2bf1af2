// Seals the audit log: a follower, behind the snapshot horizon and never in the path of a call.
// Each batch of events becomes leaves of the logs of their projects, and a signed checkpoint.
//
// Before it signs, it looks whether the log begins with what it signed last. One that does not was
// changed behind the router's back, or is an older copy: it gets no checkpoint any more.
import { auditOriginOf } from '@xerotier/protocol/audit-log.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { parseCheckpoint, parseNote, signedCheckpoint } from '@xerotier/runtime/tlog/note.ts'
import { nodesOf, tileRoot, tilesFor, tileWidth } from '@xerotier/runtime/tlog/tiles.ts'
import { hashBytes, rootOf, type TreeHead } from '@xerotier/runtime/tlog/tree.ts'
import { selectCheckpoint, selectFirstTile, selectTiles } from '../../store/audit-log.ts'
import type { Follower } from '../events/follow.ts'
import type { Writing } from '../events/write.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'
import { appendLeaves, type GrownTile, growTile } from './append.ts'
import type { Heads } from './heads.ts'
import { isOfLog, type LogKeys } from './log-key.ts'

/** Its place says up to where everything is sealed. */
export const sealer = 'audit'

export type Sealing = Records & { identity: LogKeys; heads: Heads }

/** What it signed last. */
interface Known {
  head: TreeHead | undefined
  isRead: boolean
  isRefused: boolean
}

const tileBytes = tileWidth * hashBytes

export function sealEvents(core: Sealing): Follower {
  const known = perProject<Known>(() => ({ head: undefined, isRead: false, isRefused: false }))
  return {
    name: sealer,
    from: 'beginning',
    coalesceMs: 1_000,
    // Its transaction holds the log back for its readers: some ten milliseconds.
    batchMax: 1_000,
    async over(writing, { from, to }) {
      const grown = await appendLeaves(writing.tx, from, to)
      for (const [projectId, tiles = []] of Map.groupBy(grown, (tile) => tile.project_id))
        await sealProject(core, writing, projectId, { tiles, known: known.of(projectId) })
    },
  }
}

async function sealProject(
  core: Sealing,
  writing: Writing,
  projectId: string,
  { tiles, known }: { tiles: GrownTile[]; known: Known },
): Promise<void> {
  const { tx, now } = writing
  const last = tiles.at(-1)
  if (last === undefined) return
  const size = last.n * tileWidth + last.hashes.length / hashBytes
  await growLevels(writing, projectId, tiles)
  if (!known.isRead) {
    known.head = await lastHead(core, writing, projectId)
    known.isRead = true
    writing.undo(() => {
      known.isRead = false
    })
  }
  const { head } = known
  const places = tilesFor(head === undefined || head.size === 0 ? [] : [head.size - 1], [head?.size ?? 0, size])
  const stored = await selectTiles(tx, projectId, places)
  const nodes = nodesOf((level, n) => stored.get(`${level}/${n}`))
  try {
    if (head !== undefined && head.size > size)
      throw new Error(`it was sealed at ${head.size} records, and has ${size}`)
    if (head !== undefined && !rootOf(head.size, nodes).equals(head.root))
      throw new Error(`its first ${head.size} records are others`)
  } catch (error) {
    const why = messageOf(error)
    const about = { project_id: projectId, why }
    if (!known.isRefused) core.log.critical(about, 'the audit log is not the one that was sealed; it is sealed no more')
    known.isRefused = true
    return
  }
  const fresh = { size, root: rootOf(size, nodes) }
  const { auditKey, previousAuditKey } = core.identity
  const note = signedCheckpoint({ origin: auditOriginOf(projectId), ...fresh }, auditKey, previousAuditKey)
  await tx.insertInto('audit_checkpoints').values({ project_id: projectId, size, note, at: now }).execute()
  writing.after(() => {
    known.head = fresh
    core.heads.keep(projectId, note)
  })
}

/** The hash of each tile that became full is one of the level above. */
async function growLevels({ tx }: Writing, projectId: string, tiles: GrownTile[]): Promise<void> {
  let full = tiles.filter(({ hashes, before }) => hashes.length === tileBytes && before < tileWidth)
  for (let level = 1; full.length > 0; level++) {
    const grown: GrownTile[] = []
    for (const [n, those = []] of Map.groupBy(full, (tile) => Math.floor(tile.n / tileWidth))) {
      const hashes = Buffer.concat(those.map((tile) => tileRoot(tile.hashes)))
      grown.push({ project_id: projectId, n, hashes: await growTile(tx, { projectId, level, n, hashes }), before: 0 })
    }
    full = grown.filter(({ hashes }) => hashes.length === tileBytes)
  }
}

/** What the state folder holds; the database, where that has nothing to go by. */
async function lastHead(core: Sealing, { tx }: Writing, projectId: string): Promise<TreeHead | undefined> {
  const kept = core.heads.read(projectId)
  const head = kept === undefined ? undefined : headOf(core, projectId, kept)
  if (head !== undefined && (await isThere(tx, projectId, head.size))) return head
  if (head !== undefined)
    core.log.warning(
      { project_id: projectId, size: head.size },
      'the kept checkpoint is older than what retention left of the audit log, and is not compared with it',
    )
  const stored = await selectCheckpoint(tx, projectId)
  return stored === undefined ? undefined : headOf(core, projectId, stored.note)
}

/** Whether a log of this size can still be made out of what is there. */
async function isThere(tx: Writing['tx'], projectId: string, size: number): Promise<boolean> {
  if (size % tileWidth === 0) return true
  return Math.floor(size / tileWidth) >= ((await selectFirstTile(tx, projectId)) ?? 0)
}

function headOf({ identity, log }: Sealing, projectId: string, note: string): TreeHead | undefined {
  try {
    const parsed = parseNote(note)
    if (isOfLog(identity, projectId, parsed)) return parseCheckpoint(parsed.text)
    throw new Error('it is signed by another key')
  } catch (error) {
    log.error({ project_id: projectId, why: messageOf(error) }, 'a checkpoint of the audit log says nothing')
    return undefined
  }
}
