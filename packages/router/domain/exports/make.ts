// Exports are made one after the other, in the background. What a router that died left unfinished
// goes on with the next, behind its last file on the disk: an archive is there whole or not at all.

import { limits } from '@xerotier/protocol/limits.ts'
import { codeOf, messageOf } from '@xerotier/protocol/thrown.ts'
import type { Updateable } from 'kysely'
import type { ArchiveMade } from '../../store/audit-tables.ts'
import { selectExpiredExports, selectKeptExports, selectOpenExport } from '../../store/exports.ts'
import type { ExportRow, Tables } from '../../store/tables.ts'
import { isUnavailable } from '../../store/unavailable.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import { moveExport } from '../lifecycles/export.ts'
import { type Making, writeArchive } from './write-archive.ts'
import { ExportTooLarge } from './zip.ts'

const dayMs = 24 * 3_600_000
const expiredPerSweep = 100
/** How often its record says how far it is. */
const progressMs = 1_000

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
  let notedAt = core.clock.monotonic()
  const progress = {
    async read(rows: number) {
      if (isClosing()) throw new Abandoned()
      if (core.clock.monotonic() - notedAt < progressMs) return
      notedAt = core.clock.monotonic()
      await note(core, id, { rows })
    },
    kept: (made: ArchiveMade) => note(core, id, { rows: made.rows, made: JSON.stringify(made) }),
  }
  let whole: { rows: number; bytes: number; sha256: string }
  try {
    whole = await writeArchive(core, open, progress)
  } catch (error) {
    if (error instanceof Abandoned) return
    // Behind its last file, when the database is back: this is called again until then.
    if (isAway(error)) throw error
    return failExport(core, open, error)
  }
  await write(core, async (writing) => {
    const { now, append } = writing
    const set = { ...whole, finished_at: now }
    const moved = await moveExport(writing, id, 'completed', {
      ...set,
      made: null,
      expires_at: new Date(now.getTime() + limits.exportDays * dayMs),
    })
    if (moved === undefined) return writing.after(() => core.archives.remove(id))
    append({ project_id: open.project_id, kind: 'export.completed', actor: router, data: { export_id: id, ...set } })
  })
}

/** @throws Abandoned when it was deleted meanwhile */
async function note(core: Making, id: string, set: Pick<Updateable<Tables['exports']>, 'rows' | 'made'>) {
  const { numUpdatedRows } = await write(core, ({ tx }) =>
    tx.updateTable('exports').set(set).where('id', '=', id).executeTakeFirstOrThrow(),
  )
  if (numUpdatedRows === 0n) {
    core.archives.remove(id)
    throw new Abandoned()
  }
}

async function failExport(core: Making, { id, project_id }: ExportRow, error: unknown): Promise<void> {
  const why = reasonOf(error)
  core.log.error({ error, project_id, export_id: id }, 'an export could not be made')
  await write(core, async (writing) => {
    const moved = await moveExport(writing, id, 'failed', { error: why, finished_at: writing.now, made: null })
    writing.after(() => core.archives.remove(id))
    if (moved !== undefined)
      writing.append({ project_id, kind: 'export.failed', actor: router, data: { export_id: id, error: why } })
  })
}

/** One that is there, and ends what takes too long, will end it again. */
function isAway(error: unknown): boolean {
  return isUnavailable(error) && !isTimeout(error) && !isOfFile(error)
}

const isTimeout = (error: unknown) => codeOf(error) === '57014' || /timeout/i.test(messageOf(error))
/** Node says the path of a file, and of a socket that it connects to only its address. */
const isOfFile = (error: unknown) => error instanceof Error && 'path' in error

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
