// One archive, from its first byte or from where another process left it: each file of rows is on
// the disk and on record, with where the next begins, before that is read.
import { createHash } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import type { ArchiveMade } from '../../store/audit-tables.ts'
import type { ExportRow } from '../../store/tables.ts'
import type { Archives } from './archives.ts'
import { type Contents, type RowsPage, rowsOf, sealedParts } from './contents.ts'
import { headOf, lineOf } from './formats.ts'
import { readmeOf } from './readme.ts'
import { createZip, type Zip } from './zip.ts'

export type Making = Contents & { archives: Archives }

export interface Progress {
  /** So many rows are in it. */
  read(rows: number): Promise<void>
  /** So much of it will be there after a death. */
  kept(made: ArchiveMade): Promise<void>
}

/** So much at once goes to the archive. */
const pieceLength = 64 * 1024

const nothing: ArchiveMade = { length: 0, sha256: sha256Hex(''), rows: 0, cursor: null, files: [] }

/** @throws ExportTooLarge, what the disk says, and what `progress` throws */
export async function writeArchive(
  core: Making,
  open: ExportRow,
  progress: Progress,
): Promise<{ rows: number; bytes: number; sha256: string }> {
  const { made, hash } = await madeOf(core, open)
  let [{ rows }, bytes] = [made, made.length]
  await core.archives.write(open.id, made.length, async ({ put, sync }) => {
    const zip = createZip((chunk) => {
      hash.update(chunk)
      bytes += chunk.length
      return put(chunk)
    }, made)
    const keep = async (cursor: string | null) => {
      await sync()
      await progress.kept({ length: bytes, sha256: hash.copy().digest('hex'), rows, cursor, files: [...zip.files] })
    }
    const onPage = (count: number) => {
      rows += count
      return progress.read(rows)
    }
    // Of no rows there is one file too.
    if (made.files.length === 0 || made.cursor !== null)
      await addRows(zip, open, rowsOf(core, open, made.cursor ?? undefined), { onPage, keep })
    await addRest(core, zip, open, rows)
  })
  return { rows, bytes, sha256: hash.digest('hex') }
}

/** What of it can be gone on with, and the hash of that. */
async function madeOf({ archives, log }: Making, { id, project_id, made }: ExportRow) {
  const hash = createHash('sha256')
  if (made === null) return { made: nothing, hash }
  for await (const chunk of archives.begun(id, made.length)) hash.update(chunk)
  const isThere = hash.copy().digest('hex') === made.sha256
  const facts = { project_id, export_id: id, rows: made.rows, bytes: made.length }
  if (isThere) log.notice(facts, 'an export goes on where it was left')
  else log.notice(facts, 'what was made of an export is not there any more, and it begins anew')
  return isThere ? { made, hash } : { made: nothing, hash: createHash('sha256') }
}

interface Told {
  onPage(count: number): Promise<void>
  keep(cursor: string | null): Promise<void>
}

async function addRows(zip: Zip, open: ExportRow, pages: AsyncGenerator<RowsPage>, told: Told): Promise<void> {
  let left = await pages.next()
  // What retention has removed meanwhile.
  if (left.done === true && zip.files.length > 0) return
  do {
    const { cursor, lines } = fileOf(open, pages, left, told)
    await zip.add(nameOf(open, zip.files.length + 1), lines())
    left = cursor.next
    await told.keep(cursor.behind)
  } while (left.done !== true)
}

function nameOf({ type, format }: ExportRow, file: number): string {
  const extension = format === 'csv' ? 'csv' : format === 'cef' ? 'cef' : 'ndjson'
  return `${type}-${String(file).padStart(5, '0')}.${extension}`
}

/** Whole pages, until the file has enough. */
function fileOf(
  { format }: ExportRow,
  pages: AsyncGenerator<RowsPage>,
  first: IteratorResult<RowsPage>,
  { onPage }: Told,
) {
  const cursor: { next: IteratorResult<RowsPage>; behind: string | null } = { next: first, behind: null }
  const lines = async function* () {
    let [count, length] = [0, 0]
    while (cursor.next.done !== true && count < limits.exportFileRows && length < limits.exportFileBytes) {
      const { rows, cursor: behind } = cursor.next.value
      const [head] = rows
      let piece = count === 0 && head !== undefined ? headOf(format, head) : ''
      for (const row of rows) {
        piece += lineOf(format, row)
        if (piece.length < pieceLength) continue
        length += piece.length
        yield Buffer.from(piece)
        piece = ''
      }
      length += piece.length
      if (piece !== '') yield Buffer.from(piece)
      count += rows.length
      await onPage(rows.length)
      cursor.behind = behind
      cursor.next = await pages.next()
    }
  }
  return { cursor, lines }
}

/** What follows the rows; after a death, anew: the log may have gone on. */
async function addRest(core: Making, zip: Zip, open: ExportRow, rows: number): Promise<void> {
  for await (const { name, content } of sealedParts(core, open)) await zip.add(name, content)
  await zip.add('README.md', [Buffer.from(readmeOf(open, rows))])
  const { id, project_id, type, format, since, until, workspace_id, created_by, created_at } = open
  const about = { id, project_id, type, format, since, until, workspace_id, created_by, created_at, rows }
  const files = zip.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }))
  const manifest = `${JSON.stringify({ ...about, files }, null, 2)}\n`
  await zip.add('manifest.json', [Buffer.from(manifest)])
  await zip.add('manifest.json.sha256', [Buffer.from(`${sha256Hex(manifest)}  manifest.json\n`)])
  await zip.end()
}
