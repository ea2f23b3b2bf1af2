// Events are what the audit log is made of, so they go with it: tiles of 256 records, the oldest
// first. The log says with which record it will begin before anything is gone, and that is sealed:
// whoever removes more than retention did is found.

import { parseCheckpoint, parseNote } from '@xerotier/runtime/tlog/note.ts'
import { tileWidth } from '@xerotier/runtime/tlog/tiles.ts'
import { selectCheckpoint } from '../../store/audit-log.ts'
import type { Tx } from '../../store/database.ts'
import { addProgress } from '../../store/retention.ts'
import {
  announceBeginning,
  hasOpenExport,
  removeTiles,
  selectEventHorizon,
  selectFirstYoungTile,
  selectNewestTile,
  selectOldestCall,
  selectTilesToRemove,
} from '../../store/retention-events.ts'
import { router } from '../actor.ts'
import type { Heads } from '../audit/heads.ts'
import { sealer } from '../audit/seal.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { endOf } from './end-of.ts'

export type RemovingEvents = Records & { heads: Pick<Heads, 'read'>; settings: Pick<Settings, 'auditDays'> }

/** Of 256 events each, in one transaction. */
const tilesPerBatch = 4
/** Clocks of routers may differ by this much. */
const slackMs = 60_000

/** Removes some of what was announced. @returns whether nothing of it is left, or may go now */
export function removeEventBatch(core: RemovingEvents, projectId: string): Promise<{ done: boolean }> {
  return write(core, async (writing) => {
    const { tx } = writing
    const before = await endOf(writing, projectId, (project) => daysOf(core, project))
    const horizon = await selectEventHorizon(tx, projectId, sealer)
    if (before === undefined || horizon?.is_sealed !== true || (await hasOpenExport(tx, projectId)))
      return { done: true }
    const tiles = await selectTilesToRemove(tx, projectId, { below: horizon.begins_at, limit: tilesPerBatch })
    const last = tiles.at(-1)
    if (last === undefined) return { done: true }
    const removed = await removeTiles(tx, projectId, last)
    await addProgress(tx, { projectId, what: 'events' }, { executionId: null, removed, bytes: 0 })
    return { done: tiles.length < tilesPerBatch }
  })
}

/** Says in the log with which record it will begin, where that is another than it was. */
export async function announceRemoval(core: RemovingEvents, projectId: string): Promise<void> {
  await write(core, async (writing) => {
    const { tx, append } = writing
    const before = await endOf(writing, projectId, (project) => daysOf(core, project))
    if (before === undefined) return
    const tile = await beginningOf(core, tx, projectId, before)
    const known = (await selectEventHorizon(tx, projectId, sealer))?.begins_at ?? 0
    if (tile <= known) return
    await announceBeginning(tx, projectId, tile)
    const data = { index: tile * tileWidth, before: before.toISOString() }
    append({ project_id: projectId, kind: 'retention.log_begins', actor: router, data })
  })
}

/**
 * The tile with which the log may begin. Nothing goes that is younger than the oldest call that is
 * there, nor the newest tile, nor what is needed to compare the log with its kept checkpoint.
 */
async function beginningOf(core: RemovingEvents, tx: Tx, projectId: string, before: Date): Promise<number> {
  const oldest = await selectOldestCall(tx, projectId)
  const end = oldest === undefined ? before : new Date(Math.min(before.getTime(), oldest.getTime() - slackMs))
  const young = await selectFirstYoungTile(tx, projectId, end)
  const newest = await selectNewestTile(tx, projectId)
  const note = core.heads.read(projectId) ?? (await selectCheckpoint(tx, projectId))?.note
  return Math.min(young ?? Number.POSITIVE_INFINITY, newest ?? 0, Math.floor(sizeOf(note) / tileWidth))
}

function sizeOf(note: string | undefined): number {
  try {
    return note === undefined ? 0 : parseCheckpoint(parseNote(note).text).size
  } catch {
    // Torn. The next one is whole.
    return 0
  }
}

/** The audit log is kept for as long as the router is told, whatever the project wants. */
function daysOf({ settings }: RemovingEvents, { events_days }: { events_days: number | null }): number | null {
  return events_days === null ? null : Math.max(events_days, settings.auditDays)
}
