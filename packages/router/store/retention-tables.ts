// How far retention has come (tables.ts).
import type { Retained } from '@xerotier/protocol/api/retention.ts'
import { bigint, initially, nullable, text, uuid } from './column.ts'

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

export const retentionTables = { retention_progress, retention_kept }
