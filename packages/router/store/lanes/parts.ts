// The steps of a call that are committed in groups. Each part is one CTE over parallel arrays (`unnest`: measured twice
// as fast as jsonb_to_recordset, see docs/adr) plus its events; statement.ts puts the parts of a batch into one statement.
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { ColumnType } from './binary.ts'

/** A call accepted from its requester: queued, or dispatched at once. */
export interface Submission {
  id: string
  project_id: string
  workspace_id: string
  tool: string
  risk: Risk
  at_most_once: boolean
  state: 'queued' | 'dispatched'
  /** JSON text. */
  args: string
  schema_digest: string
  digest: string
  policy_version: number
  agent_id: string | null
  attempt: number
  lease_epoch: number
  journal_id: string | null
  reason: string | null
  requested_by: string
  request_id: string
  traceparent: string | null
  idempotency_key: string | null
  request_digest: string | null
  timeout_ms: number
  created_at: Date
  queue_deadline: Date | null
  dispatched_at: Date | null
}

/** A queued call given to an agent. */
export interface Claim {
  id: string
  agent_id: string
  attempt: number
  lease_epoch: number
  journal_id: string
  at: Date
}

/** The agent started it. */
export interface Acceptance {
  id: string
  /** Who says so: only the agent to which it was given counts. */
  agent_id: string
  attempt: number
  lease_epoch: number
  started_at: Date
  at: Date
}

/** The agent's answer. */
export interface Settlement {
  id: string
  /** As in `Acceptance`. */
  agent_id: string
  attempt: number
  lease_epoch: number
  state: Extract<ExecutionState, 'completed' | 'failed' | 'timeout' | 'cancelled' | 'ambiguous'>
  exit_code: number | null
  signal: string | null
  /** JSON text. */
  error: string | null
  /** JSON text. */
  result: string | null
  stdout_bytes: number
  stderr_bytes: number
  truncated: boolean
  started_at: Date | null
  finished_at: Date
  at: Date
}

/** A piece of live output. */
export interface OutputPiece {
  id: string
  attempt: number
  seq: number
  /** 1 stdout, 2 stderr. */
  stream: number
  at: Date
  data: Buffer
}

export interface PartItems {
  submit: Submission
  claim: Claim
  accept: Acceptance
  settle: Settlement
  output: OutputPiece
}
export type PartName = keyof PartItems

export interface Part {
  /** Column and Postgres type, in the order of the arrays. */
  columns: readonly (readonly [name: string, type: ColumnType])[]
  /** Data-modifying CTE over `source` (an unnest with the columns above). It must return `id`, and what `event` reads. */
  change(source: string): string
  /** `select` that makes one event of each row of `change`: at, project_id, kind, actor, execution_id, agent_id, workspace_id, data. */
  event?(change: string): string
  /** Whether it updates an executions row: two such items of one execution never share a statement. */
  updates: boolean
}

const submitColumns = [
  ['id', 'uuid'],
  ['project_id', 'text'],
  ['workspace_id', 'text'],
  ['tool', 'text'],
  ['risk', 'text'],
  ['at_most_once', 'boolean'],
  ['state', 'text'],
  ['args', 'jsonb'],
  ['schema_digest', 'text'],
  ['digest', 'text'],
  ['policy_version', 'int'],
  ['agent_id', 'text'],
  ['attempt', 'int'],
  ['lease_epoch', 'int'],
  ['journal_id', 'text'],
  ['reason', 'text'],
  ['requested_by', 'text'],
  ['request_id', 'text'],
  ['traceparent', 'text'],
  ['idempotency_key', 'text'],
  ['request_digest', 'text'],
  ['timeout_ms', 'int'],
  ['created_at', 'timestamptz'],
  ['queue_deadline', 'timestamptz'],
  ['dispatched_at', 'timestamptz'],
] as const
const submitNames = submitColumns.map(([name]) => name).join(', ')

// `state || ''` below hides the state from the partial indexes: the planner would rather read one of those whole than look
// up each id, and they grow with what is queued or in flight.

export const parts: { readonly [P in PartName]: Part } = {
  submit: {
    columns: submitColumns,
    updates: false,
    change: (source) =>
      `insert into executions (${submitNames}) select ${submitNames} from ${source} on conflict do nothing
       returning id, project_id, workspace_id, agent_id, state, attempt, requested_by, created_at`,
    event: (change) =>
      `select created_at, project_id, 'execution.' || state, requested_by, id, agent_id, workspace_id, jsonb_build_object('attempt', attempt) from ${change}`,
  },
  claim: {
    columns: [
      ['id', 'uuid'],
      ['agent_id', 'text'],
      ['attempt', 'int'],
      ['lease_epoch', 'int'],
      ['journal_id', 'text'],
      ['at', 'timestamptz'],
    ],
    updates: true,
    change: (source) =>
      `update executions e set state = 'dispatched', agent_id = s.agent_id, attempt = s.attempt, lease_epoch = s.lease_epoch,
         journal_id = s.journal_id, dispatched_at = s.at, queue_deadline = null
       from ${source} where e.id = s.id and e.state || '' = 'queued' and e.attempt = s.attempt - 1
       returning e.id, e.project_id, e.workspace_id, e.agent_id, e.attempt, s.at`,
    event: (change) =>
      `select at, project_id, 'execution.dispatched', 'router', id, agent_id, workspace_id, jsonb_build_object('attempt', attempt) from ${change}`,
  },
  accept: {
    columns: [
      ['id', 'uuid'],
      ['agent_id', 'text'],
      ['attempt', 'int'],
      ['lease_epoch', 'int'],
      ['started_at', 'timestamptz'],
      ['at', 'timestamptz'],
    ],
    updates: true,
    change: (source) =>
      `update executions e set state = 'running', started_at = s.started_at
       from ${source} where e.id = s.id and e.agent_id = s.agent_id and e.attempt = s.attempt and e.lease_epoch = s.lease_epoch and e.state || '' = 'dispatched'
       returning e.id, e.project_id, e.workspace_id, e.agent_id, s.at`,
    event: (change) =>
      `select at, project_id, 'execution.running', agent_id, id, agent_id, workspace_id, '{}'::jsonb from ${change}`,
  },
  settle: {
    columns: [
      ['id', 'uuid'],
      ['agent_id', 'text'],
      ['attempt', 'int'],
      ['lease_epoch', 'int'],
      ['state', 'text'],
      ['exit_code', 'int'],
      ['signal', 'text'],
      ['error', 'jsonb'],
      ['result', 'jsonb'],
      ['stdout_bytes', 'bigint'],
      ['stderr_bytes', 'bigint'],
      ['truncated', 'boolean'],
      ['started_at', 'timestamptz'],
      ['finished_at', 'timestamptz'],
      ['at', 'timestamptz'],
    ],
    updates: true,
    // A late answer of the same attempt settles an ambiguous call too: the agent knows better than our doubt.
    change: (source) =>
      `update executions e set state = s.state, exit_code = s.exit_code, signal = s.signal, error = s.error, result = s.result,
         stdout_bytes = s.stdout_bytes, stderr_bytes = s.stderr_bytes, truncated = s.truncated,
         started_at = coalesce(s.started_at, e.started_at), finished_at = s.finished_at
       from ${source} where e.id = s.id and e.agent_id = s.agent_id and e.attempt = s.attempt and e.lease_epoch = s.lease_epoch
         and (e.state in ('dispatched', 'running') or (e.state = 'ambiguous' and s.state <> 'ambiguous'))
       returning e.id, e.project_id, e.workspace_id, e.agent_id, e.state, e.exit_code, e.error, s.at`,
    event: (change) =>
      `select at, project_id, 'execution.' || state, agent_id, id, agent_id, workspace_id,
         jsonb_strip_nulls(jsonb_build_object('exit_code', exit_code, 'error', error)) from ${change}`,
  },
  output: {
    columns: [
      ['id', 'uuid'],
      ['attempt', 'int'],
      ['seq', 'int'],
      ['stream', 'smallint'],
      ['at', 'timestamptz'],
      ['data', 'bytea'],
    ],
    updates: false,
    change: (source) =>
      `insert into execution_output (execution_id, attempt, seq, stream, at, data) select id, attempt, seq, stream, at, data from ${source}
       on conflict do nothing returning execution_id as id`,
  },
}

export const partNames = Object.keys(parts) as PartName[]
