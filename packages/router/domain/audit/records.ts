import type { AuditRecord, AuditRecordDetail } from '@xerotier/protocol/api/audit.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { eventKinds } from '@xerotier/protocol/events.ts'
import { parseCheckpoint, parseNote } from '@xerotier/runtime/tlog/note.ts'
import { nodesOf, tilesFor, tileWidth } from '@xerotier/runtime/tlog/tiles.ts'
import { inclusionProof } from '@xerotier/runtime/tlog/tree.ts'
import { selectCheckpoint, selectEntries, selectTiles } from '../../store/audit-log.ts'
import {
  type AuditRecordRow,
  findCall,
  type RecordFilter,
  selectNamesakes,
  selectRecord,
  selectRecords,
} from '../../store/audit-records.ts'
import type { Member } from '../actor.ts'
import { cursorOf } from '../events/cursor.ts'
import { presentEvent } from '../events/present.ts'
import { isUuid, type Page, toPage, wordsOf } from '../page.ts'
import type { Records } from '../records.ts'
import { sealer } from './seal.ts'

export interface RecordQuery {
  actor?: string | undefined
  subject?: string | undefined
  kind?: string | undefined
}

/** What comes before the dot of a kind stands for all of them. */
const kindWords = [...eventKinds, ...new Set(eventKinds.map((kind) => kind.slice(0, kind.indexOf('.'))))]

/** Newest first. @throws Fault invalid_request */
export async function listRecords(
  { store: { db } }: Pick<Records, 'store'>,
  { projectId }: Member,
  query: RecordQuery & {
    limit: number
    after?: string | undefined
    since?: string | undefined
    until?: string | undefined
  },
): Promise<Page<AuditRecord>> {
  const rows = await selectRecords(db, projectId, sealer, {
    ...(await filterOf(db, projectId, query)),
    limit: query.limit,
    before: query.after === undefined ? undefined : cursorOf(query.after, 'after'),
    since: query.since === undefined ? undefined : new Date(query.since),
    until: query.until === undefined ? undefined : new Date(query.until),
  })
  return toPage(rows, query.limit, presentRecord, ({ id }) => id)
}

/** @throws Fault invalid_request for a kind that there is not */
export async function filterOf(
  db: Records['store']['db'],
  projectId: string,
  { actor, subject, kind }: RecordQuery,
): Promise<Omit<RecordFilter, 'limit'>> {
  const kinds = wordsOf(kind, 'kind', kindWords)
  const actors = actor === undefined ? undefined : await selectNamesakes(db, projectId, actor)
  if (subject === undefined) return { kinds, actors }
  if (isUuid(subject)) return { kinds, actors, ...(await findCall(db, projectId, subject)) }
  return { kinds, actors, subjects: await selectNamesakes(db, projectId, subject) }
}

/** @throws Fault audit_record_not_found */
export async function showRecord(
  { store: { db } }: Pick<Records, 'store'>,
  { projectId }: Member,
  id: string,
): Promise<AuditRecordDetail> {
  const row = /^\d{1,19}-\d{1,18}$/.test(id) ? await selectRecord(db, projectId, cursorOf(id, 'id')) : undefined
  if (row === undefined) throw new Fault('audit_record_not_found')
  const record = presentRecord(row)
  const checkpoint = await selectCheckpoint(db, projectId)
  const { index } = record
  if (index === null || checkpoint === undefined || index >= checkpoint.size)
    return { ...record, entry: null, proof: null }
  const { size } = parseCheckpoint(parseNote(checkpoint.note).text)
  const tiles = await selectTiles(db, projectId, tilesFor([index], [size]))
  const hashes = inclusionProof(
    index,
    size,
    nodesOf((level, n) => tiles.get(`${level}/${n}`)),
  )
  const entries = await selectEntries(db, projectId, Math.floor(index / tileWidth), 1)
  return {
    ...record,
    entry: entries.find((one) => one.index === index)?.entry ?? null,
    proof: { index, size, hashes: hashes.map((hash) => hash.toString('base64')), checkpoint: checkpoint.note },
  }
}

function presentRecord(row: AuditRecordRow): AuditRecord {
  return { ...presentEvent(row), object: 'audit_record', index: row.index }
}
