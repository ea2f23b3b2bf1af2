// Exports are made one after the other, in the background. What a router that died left unfinished
// is made anew by the next: an archive is there whole or not at all.

import { createHash } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { codeOf, messageOf } from '@xerotier/protocol/thrown.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import { selectExpiredExports, selectKeptExports, selectOpenExport } from '../../store/exports.ts'
import type { ExportRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import { moveExport } from '../lifecycles/export.ts'
import type { Archives } from './archives.ts'
import { type Contents, rowsOf, sealedParts } from './contents.ts'
import { headOf, lineOf } from './formats.ts'
import { readmeOf } from './readme.ts'
import { createZip, ExportTooLarge, type ZipEntry } from './zip.ts'

export type Making = Contents & { archives: Archives }

const dayMs = 24 * 3_600_000
/** How many rows stand in one file. */
const rowsPerFile = 100_000
const expiredPerSweep = 100
/** How often its record says how far it is. */
const progressMs = 1_000
/** So much at once goes to the archive. */
const pieceLength = 64 * 1024

/** It was deleted, or the router ends. */
class Abandoned extends Error {}

export interface ExportMaker {
  /** Makes what waits, and removes what has expired. */
  work(): Promise<void>
  /** Resolves when nothing is being made. */
  close(): Promise<void>
}

export function createExportMaker(core: Making): ExportMaker {
  let closing = false
  let working: Promise<void> | undefined

  let isSwept = false

  const all = async () => {
    if (!isSwept) await sweep(core)
    isSwept = true
    await removeExpired(core)
    while (!closing) {
      const open = await selectOpenExport(core.store.db)
      if (open === undefined) return
      await makeExport(core, open, () => closing)
    }
  }
  return {
    work() {
      working ??= all().finally(() => {
        working = undefined
      })
      return working
    },
    async close() {
      closing = true
      await working?.catch(() => {})
    },
  }
}

async function makeExport(core: Making, open: ExportRow, isClosing: () => boolean): Promise<void> {
  const { id, state } = open
  if (state === 'pending') await write(core, (writing) => moveExport(writing, id, 'running'))
  const hash = createHash('sha256')
  let [rows, bytes] = [0, 0]
  try {
    await core.archives.write(id, async (put) => {
      const zip = createZip((chunk) => {
        hash.update(chunk)
        bytes += chunk.length
        return put(chunk)
      })
      let notedAt = core.clock.monotonic()
      const onPage = async (count: number) => {
        rows += count
        if (isClosing()) throw new Abandoned()
        if (core.clock.monotonic() - notedAt < progressMs) return
        notedAt = core.clock.monotonic()
        if (!(await noteProgress(core, id, rows))) throw new Abandoned()
      }
      await fill(core, open, zip, onPage)
    })
  } catch (error) {
    if (error instanceof Abandoned) return
    return failExport(core, open, error)
  }
  await write(core, async (writing) => {
    const { now, append } = writing
    const set = { rows, bytes, sha256: hash.digest('hex'), finished_at: now }
    const moved = await moveExport(writing, id, 'completed', {
      ...set,
      expires_at: new Date(now.getTime() + limits.exportDays * dayMs),
    })
    if (moved === undefined) return writing.after(() => core.archives.remove(id))
    append({ project_id: open.project_id, kind: 'export.completed', actor: router, data: { export_id: id, ...set } })
  })
}

async function fill(
  core: Making,
  open: ExportRow,
  zip: ReturnType<typeof createZip>,
  onPage: (count: number) => Promise<void>,
): Promise<void> {
  const { format, type } = open
  const files: ZipEntry[] = []
  const pages = rowsOf(core, open)
  let total = 0
  let left = await pages.next()
  const extension = format === 'csv' ? 'csv' : format === 'cef' ? 'cef' : 'ndjson'
  for (let file = 1; file === 1 || left.done !== true; file++) {
    const lines = async function* () {
      for (let count = 0; left.done !== true && count < rowsPerFile; left = await pages.next()) {
        const page = left.value
        const [first] = page
        let piece = count === 0 && first !== undefined ? headOf(format, first) : ''
        for (const row of page) {
          piece += lineOf(format, row)
          if (piece.length < pieceLength) continue
          yield Buffer.from(piece)
          piece = ''
        }
        if (piece !== '') yield Buffer.from(piece)
        count += page.length
        total += page.length
        await onPage(page.length)
      }
    }
    files.push(await zip.add(`${type}-${String(file).padStart(5, '0')}.${extension}`, lines()))
  }
  for await (const { name, content } of sealedParts(core, open)) files.push(await zip.add(name, content))
  files.push(await zip.add('README.md', [Buffer.from(readmeOf(open, total))]))
  const { id, project_id, since, until, workspace_id, created_by, created_at } = open
  const about = { id, project_id, type, format, since, until, workspace_id, created_by, created_at, rows: total }
  const manifest = `${JSON.stringify({ ...about, files }, null, 2)}\n`
  await zip.add('manifest.json', [Buffer.from(manifest)])
  await zip.add('manifest.json.sha256', [Buffer.from(`${sha256Hex(manifest)}  manifest.json\n`)])
  await zip.end()
}

/** @returns false when it was deleted meanwhile */
async function noteProgress(core: Making, id: string, rows: number): Promise<boolean> {
  const { numUpdatedRows } = await write(core, ({ tx }) =>
    tx.updateTable('exports').set({ rows }).where('id', '=', id).executeTakeFirstOrThrow(),
  )
  return numUpdatedRows === 1n
}

async function failExport(core: Making, { id, project_id }: ExportRow, error: unknown): Promise<void> {
  const why = reasonOf(error)
  core.log.error({ error, project_id, export_id: id }, 'an export could not be made')
  await write(core, async (writing) => {
    const moved = await moveExport(writing, id, 'failed', { error: why, finished_at: writing.now })
    if (moved !== undefined)
      writing.append({ project_id, kind: 'export.failed', actor: router, data: { export_id: id, error: why } })
  })
}

/** What its owner can do something about; of the rest the log speaks. */
function reasonOf(error: unknown): string {
  if (error instanceof ExportTooLarge) return 'It is too large for one archive: take a shorter time.'
  if (codeOf(error) === 'ENOSPC') return 'The disk of the router is full.'
  return /statement|connect/i.test(messageOf(error))
    ? 'The database could not be read.'
    : 'The router could not make it.'
}

/** What a router left that was killed between a record and its file. */
async function sweep({ store, archives, log }: Making): Promise<void> {
  const there = archives.list()
  if (there.length === 0) return
  const kept = new Set(await selectKeptExports(store.db, there))
  const left = there.filter((id) => !kept.has(id))
  for (const id of left) archives.remove(id)
  if (left.length > 0) log.notice({ archives: left.length }, 'archives of no export were removed')
}

async function removeExpired(core: Making): Promise<void> {
  await write(core, async (writing) => {
    for (const { id } of await selectExpiredExports(writing.tx, writing.now, expiredPerSweep)) {
      await moveExport(writing, id, 'expired', { bytes: null, sha256: null })
      writing.after(() => core.archives.remove(id))
    }
  })
}
