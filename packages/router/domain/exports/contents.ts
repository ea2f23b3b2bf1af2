// What stands in an archive, as it is read: page after page, and never all of it.
import type { ExportType } from '@xerotier/protocol/api/exports.ts'
import { verifierKey } from '@xerotier/runtime/tlog/note.ts'
import { tilePath, tilesOfLevel, tileWidth } from '@xerotier/runtime/tlog/tiles.ts'
import { selectCheckpoint, selectEntries, selectTileSpan, selectTiles } from '../../store/audit-log.ts'
import type { ExportRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { serviceKeyActor } from '../actor.ts'
import { listAgents } from '../agents/list.ts'
import { listApprovals } from '../approvals/list.ts'
import { cosignaturesOf } from '../audit/log.ts'
import { logKeyOf } from '../audit/log-key.ts'
import type { Directory } from '../directory/workspaces.ts'
import { listExecutions } from '../executions/list.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Identity } from '../identity.ts'
import type { Page } from '../page.ts'
import type { Records } from '../records.ts'

export type Contents = Records & Directory & FleetView & { identity: Pick<Identity, 'auditKey'> }

/** A call has half a megabyte at most, so that these are 25. */
const rowsPerPage = 50
/** Of entries, at once. */
const tilesPerPage = 8

export interface RowsPage {
  rows: Record<string, unknown>[]
  /** Behind its last row; null when there are no more. */
  cursor: string | null
}

/**
 * Pages of rows, as the API tells them; of the audit log, as they are sealed. Newest first, so that
 * what comes while they are read is not among them; of the log, up to where it ended at first.
 * @param after behind which row, by the cursor of a page
 */
export function rowsOf(core: Contents, of: ExportRow, after: string | undefined): AsyncGenerator<RowsPage> {
  const { type } = of
  return type === 'audit' ? auditRows(core, of, after) : pagesOf((cursor) => pageOf(core, of, type, cursor), after)
}

async function* pagesOf(read: (after: string | undefined) => Promise<Page<object>>, from: string | undefined) {
  let after = from
  while (true) {
    const { data, has_more, last_id } = await read(after)
    const cursor = has_more ? last_id : null
    if (data.length > 0) yield { rows: data.map((row) => ({ ...row })), cursor }
    if (cursor === null) return
    after = cursor
  }
}

function pageOf(
  core: Contents,
  { project_id, workspace_id, since, until }: ExportRow,
  type: Exclude<ExportType, 'audit'>,
  after: string | undefined,
): Promise<Page<object>> {
  const reader = readerOf(project_id)
  const span = { since: since.toISOString(), until: until.toISOString(), workspace: workspace_id ?? undefined }
  switch (type) {
    case 'executions':
      return listExecutions(core, reader, { limit: rowsPerPage, after, status: 'all', ...span })
    case 'approvals':
      return listApprovals(core, reader, { limit: rowsPerPage, after, status: 'all', ...span })
    case 'agents':
      return listAgents(core, reader, { limit: rowsPerPage, after })
  }
}

/** Who reads for an archive: somebody of the project, with no say in it. */
function readerOf(projectId: string): Member {
  return serviceKeyActor({ id: 'export', name: 'export' }, { projectId, door: 'api', scopes: [], workspaces: null })
}

async function* auditRows(core: Contents, { project_id, since, until }: ExportRow, after: string | undefined) {
  const { db } = core.store
  const span = after === undefined ? await selectTileSpan(db, project_id, { since, until }) : tilesBehind(after)
  if (span === undefined) return
  const { to } = span
  for (let n = span.from; n < to; n += tilesPerPage) {
    const rows: Record<string, unknown>[] = []
    for (const { entry } of await selectEntries(db, project_id, n, Math.min(tilesPerPage, to - n))) {
      if (entry === null) continue
      const row: Record<string, unknown> = JSON.parse(entry)
      const at = Number(row.at_us) / 1000
      if (at >= since.getTime() && at < until.getTime()) rows.push(row)
    }
    const next = n + tilesPerPage
    if (rows.length > 0) yield { rows, cursor: next < to ? `${next}-${to}` : null }
  }
}

/** The cursor of a page of the log: the next tile, and the one at which it ends. */
function tilesBehind(cursor: string): { from: number; to: number } {
  const [from, to] = cursor.split('-').map(Number)
  return { from: from ?? 0, to: to ?? 0 }
}

export interface Part {
  name: string
  content: AsyncIterable<Buffer> | Iterable<Buffer>
}

/**
 * The stretch of the sealed log that holds the time, with all that verifies it: what `xeroctl audit
 * verify --from` and docs/verify-audit.py take.
 */
export async function* sealedParts(core: Contents, { project_id, since, until }: ExportRow): AsyncGenerator<Part> {
  const { db } = core.store
  const checkpoint = await selectCheckpoint(db, project_id)
  const span = await selectTileSpan(db, project_id, { since, until })
  if (checkpoint === undefined || span === undefined) return
  const { size, note } = checkpoint
  const [from, to] = [span.from * tileWidth, Math.min(span.to * tileWidth, size)]
  if (from >= to) return
  const cosignatures = (await cosignaturesOf(core, project_id)).filter((one) => one.size <= size)
  const facts = { verifier_key: verifierKey(logKeyOf(core.identity, project_id)), from, to, cosignatures }
  /** Tiles in which the log ended when an agent saw it. */
  const ends = new Set(cosignatures.map((one) => Math.floor(one.size / tileWidth)))
  yield { name: 'audit/log.json', content: [Buffer.from(`${JSON.stringify(facts, null, 2)}\n`)] }
  yield { name: 'audit/checkpoint', content: [Buffer.from(note)] }
  yield { name: 'audit/entries.ndjson', content: entryLines(core, project_id, { from, to }) }
  for (let level = 0; tileWidth ** level <= size; level++) {
    for (const place of tilesOfLevel(level, size)) {
      const { n, width } = place
      const isWanted = level > 0 || width < tileWidth || (n >= span.from && n < span.to) || ends.has(n)
      const hashes = isWanted ? (await selectTiles(db, project_id, [{ level, n }])).get(`${level}/${n}`) : undefined
      if (hashes !== undefined) yield { name: `audit/${tilePath(place)}`, content: [hashes.subarray(0, width * 32)] }
    }
  }
}

async function* entryLines({ store }: Contents, projectId: string, { from, to }: { from: number; to: number }) {
  for (let n = from / tileWidth; n * tileWidth < to; n += tilesPerPage) {
    const page = await selectEntries(store.db, projectId, n, tilesPerPage)
    yield Buffer.from(page.flatMap(({ index, entry }) => (index < to ? [`${entry ?? 'null'}\n`] : [])).join(''))
  }
}
