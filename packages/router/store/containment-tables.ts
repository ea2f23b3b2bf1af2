// What is stopped, and who waits to be let in.
import type { CandidateState } from '@xerotier/protocol/lifecycles/candidate.ts'
import type { PauseState } from '@xerotier/protocol/lifecycles/pause.ts'
import { bytea, nullable, text, timestamptz } from './column.ts'

/** Of calls: what it names narrows it, and one that names nothing is of the project. */
const pauses = {
  id: text(),
  project_id: text(),
  agent_id: nullable(text()),
  workspace_id: nullable(text()),
  /** Of no agent. */
  tool: nullable(text()),
  state: text<PauseState>(),
  reason: nullable(text()),
  incident: nullable(text()),
  paused_by: text(),
  paused_at: timestamptz(),
  ends_at: nullable(timestamptz()),
  ended_by: nullable(text()),
  ended_at: nullable(timestamptz()),
}

/** Who presented a join key that wants an operator's approval. */
const candidates = {
  id: text(),
  project_id: text(),
  join_key_id: text(),
  name: text(),
  hostname: text(),
  version: text(),
  signing_public_key: bytea(),
  curve_public_key: text(),
  state: text<CandidateState>(),
  requested_at: timestamptz(),
  decided_by: nullable(text()),
  decided_at: nullable(timestamptz()),
  note: nullable(text()),
  agent_id: nullable(text()),
}

export const containmentTables = { pauses, candidates }
