// The tables of the audit log (tables.ts).
import { bigint, bigints, bytea, int, nullable, text, timestamptz, xid8s } from './column.ts'

const audit_tiles = {
  project_id: text(),
  level: int(),
  n: bigint(),
  hashes: bytea(),
  /** Of level 0: which events its leaves are. */
  xids: xid8s(),
  seqs: bigints(),
  first_at: nullable(timestamptz()),
  last_at: nullable(timestamptz()),
}

const audit_checkpoints = {
  project_id: text(),
  size: bigint(),
  note: text(),
  at: timestamptz(),
}

/** In which tiles of level 0 a name is found. */
const audit_mentions = {
  project_id: text(),
  name: text(),
  n: bigint(),
}

export const auditTables = { audit_tiles, audit_checkpoints, audit_mentions }
