// How far retention has come, and what it leaves alone (tables.ts).
import type { Retained } from '@xerotier/protocol/api/retention.ts'
import { bigint, initially, nullable, text, timestamptz, uuid, xid8 } from './column.ts'

const retention_progress = {
  project_id: text(),
  what: text<Retained>(),
  /** The last call that was looked at; of executions, the last that was removed. */
  execution_id: nullable(uuid()),
  /** What was removed and is in no event yet. */
  removed: initially(0, bigint()),
  bytes: initially(0, bigint()),
}

/** Calls behind that place which kept their output or artifacts. */
const retention_kept = {
  project_id: text(),
  what: text<Retained>(),
  execution_id: uuid(),
}

/** Where the events of a project, and its audit log, begin. */
const event_horizons = {
  project_id: text(),
  /** Of the last event that is gone. */
  xid: nullable(xid8()),
  seq: nullable(bigint()),
  /** With which tile the log begins, or is about to. */
  begins_at: bigint(),
  /** The transaction that said so. */
  announced_in: xid8(),
}

/** What stays, whatever its age; without a call, all of the project. */
const legal_holds = {
  id: text(),
  project_id: text(),
  execution_id: nullable(uuid()),
  reason: text(),
  incident: nullable(text()),
  placed_by: text(),
  placed_at: timestamptz(),
  released_by: nullable(text()),
  released_at: nullable(timestamptz()),
}

export const retentionTables = { retention_progress, retention_kept, event_horizons, legal_holds }
