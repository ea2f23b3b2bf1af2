// The tables of the audit log, and of archives of what happened (tables.ts).
import type { ExportFormat, ExportType } from '@xerotier/protocol/api/exports.ts'
import type { ExportState } from '@xerotier/protocol/lifecycles/export.ts'
import { bigint, bigints, bytea, initially, int, jsonb, nullable, text, timestamptz, xid8s } from './column.ts'

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

/** Of each agent the last checkpoint that it has seen, with its signature. */
const audit_cosignatures = {
  project_id: text(),
  agent_id: text(),
  size: bigint(),
  note: text(),
  /** The agent's Ed25519 key at that time, raw. */
  public_key: bytea(),
  signature: bytea(),
  /** When the agent says that it was. */
  at: timestamptz(),
}

/** The same of a witness outside, by the name of its key. */
const audit_outside_cosignatures = {
  project_id: text(),
  witness: text(),
  size: bigint(),
  note: text(),
  public_key: bytea(),
  signature: bytea(),
  at: timestamptz(),
}

/** A file of an archive, as its directory names it. */
export interface ArchivedFile {
  name: string
  /** Of the content, before it was compressed. */
  bytes: number
  sha256: string
  crc: number
  compressed: number
  /** Where it begins in the archive. */
  at: number
}

/** What of an archive is on the disk, in whole files. */
export interface ArchiveMade {
  length: number
  /** Of those bytes. */
  sha256: string
  rows: number
  /** Behind which row the next file begins; null when there are no more. */
  cursor: string | null
  files: ArchivedFile[]
}

const exports = {
  id: text(),
  project_id: text(),
  type: text<ExportType>(),
  format: text<ExportFormat>(),
  since: timestamptz(),
  until: timestamptz(),
  workspace_id: nullable(text()),
  state: text<ExportState>(),
  created_by: text(),
  created_at: timestamptz(),
  finished_at: nullable(timestamptz()),
  expires_at: nullable(timestamptz()),
  rows: initially(0, bigint()),
  bytes: nullable(bigint()),
  sha256: nullable(text()),
  error: nullable(text()),
  made: nullable(jsonb<ArchiveMade>()),
}

export const auditTables = {
  audit_tiles,
  audit_checkpoints,
  audit_mentions,
  audit_cosignatures,
  audit_outside_cosignatures,
  exports,
}
