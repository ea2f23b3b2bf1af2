// The tables as Kysely sees them. Timestamps are Date, bigint columns are number (database.ts parses them), jsonb is parsed.
import type { IpFilter, Quota } from '@xerotier/protocol/api/api-keys.ts'
import type { AgentRole } from '@xerotier/protocol/api/join-keys.ts'
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import type { EventKind } from '@xerotier/protocol/events.ts'
import type { AgentState } from '@xerotier/protocol/lifecycles/agent.ts'
import type { ApprovalState } from '@xerotier/protocol/lifecycles/approval.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { JoinKeyState } from '@xerotier/protocol/lifecycles/join-key.ts'
import type { Manifest, WorkspaceType } from '@xerotier/protocol/manifest.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely'

/** jsonb that is written as its JSON text. */
type Jsonb<T> = ColumnType<T, string, string>
type NullableJsonb<T> = ColumnType<T | null, string | null, string | null>

export interface ProjectsTable {
  id: string
  slug: string
  name: string
  allow_self_approval: boolean
  created_at: Date
}

export interface ApiKeysTable {
  id: string
  project_id: string
  name: string
  prefix: string
  hash: Buffer
  previous_hash: Buffer | null
  previous_expires_at: Date | null
  scopes: Scope[]
  ip_filter: NullableJsonb<IpFilter>
  quota: NullableJsonb<Quota>
  /** The API key that made this one; null for the bootstrap key. */
  created_by: string | null
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
}

export interface JoinKeysTable {
  id: string
  project_id: string
  name: string
  role: AgentRole
  region: string
  router_addr: string
  state: JoinKeyState
  created_by: string
  created_at: Date
  expires_at: Date
  consumed_at: Date | null
  consumed_by: string | null
  consumed_signing_key: Buffer | null
  revoked_at: Date | null
}

export interface AgentsTable {
  id: string
  project_id: string
  name: string
  role: AgentRole
  region: string
  description: string | null
  state: AgentState
  signing_public_key: Buffer
  curve_public_key: string
  hostname: string | null
  version: string | null
  max_concurrent_executions: Generated<number>
  lease_epoch: Generated<number>
  lease_expires_at: Date | null
  last_heartbeat_at: Date | null
  connected_at: Date | null
  enrolled_at: Date
  journal_id: string | null
  manifest: NullableJsonb<Manifest>
  manifest_version: number | null
  manifest_hash: string | null
  manifest_accepted_at: Date | null
  deleted_at: Date | null
}

export interface WorkspacesTable {
  id: string
  project_id: string
  name: string
  type: WorkspaceType
  description: string | null
  created_at: Date
}

export interface BindingsTable {
  workspace_id: string
  agent_id: string
  credentials_ref: string | null
  created_by: string
  created_at: Date
}

export interface AgentPausesTable {
  agent_id: string
  workspace_id: string | null
  reason: string | null
  paused_by: string
  paused_at: Date
}

export interface ExecutionsTable {
  id: string
  project_id: string
  workspace_id: string
  tool: string
  risk: Risk
  at_most_once: boolean
  state: ExecutionState
  args: Jsonb<Record<string, unknown>>
  schema_digest: string
  digest: string
  policy_version: number
  agent_id: string | null
  attempt: number
  lease_epoch: number
  journal_id: string | null
  approval_id: string | null
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
  started_at: Date | null
  finished_at: Date | null
  cancel_requested_at: Date | null
  exit_code: number | null
  signal: string | null
  error: NullableJsonb<{ code: string; message: string }>
  result: NullableJsonb<unknown>
  stdout_bytes: Generated<number>
  stderr_bytes: Generated<number>
  truncated: Generated<boolean>
  resolved_by: string | null
  resolved_note: string | null
  resolved_at: Date | null
}

export interface ApprovalsTable {
  id: string
  project_id: string
  execution_id: string
  workspace_id: string
  tool: string
  risk: Risk
  state: ApprovalState
  args: Jsonb<Record<string, unknown>>
  prompt: string
  reason: string | null
  digest: string
  schema_digest: string
  policy_version: number
  requested_by: string
  requested_at: Date
  expires_at: Date
  decided_by: string | null
  decided_at: Date | null
  note: string | null
}

export interface ExecutionOutputTable {
  execution_id: string
  attempt: number
  seq: number
  /** 1 stdout, 2 stderr: the file descriptors. */
  stream: number
  at: Date
  data: Buffer
}

export interface ArtifactsTable {
  id: string
  project_id: string
  execution_id: string
  attempt: number
  name: string
  created_at: Date
}

export interface ArtifactChunksTable {
  artifact_id: string
  seq: number
  data: Buffer
}

export interface EventsTable {
  xid: Generated<string>
  seq: Generated<number>
  at: Date
  project_id: string
  kind: EventKind
  actor: string
  execution_id: string | null
  approval_id: string | null
  agent_id: string | null
  workspace_id: string | null
  data: JSONColumnType<Record<string, unknown>>
}

export interface Tables {
  projects: ProjectsTable
  api_keys: ApiKeysTable
  join_keys: JoinKeysTable
  agents: AgentsTable
  workspaces: WorkspacesTable
  workspace_agent_bindings: BindingsTable
  agent_pauses: AgentPausesTable
  executions: ExecutionsTable
  approvals: ApprovalsTable
  execution_output: ExecutionOutputTable
  artifacts: ArtifactsTable
  artifact_chunks: ArtifactChunksTable
  events: EventsTable
}

export type ExecutionRow = Selectable<ExecutionsTable>
export type ApprovalRow = Selectable<ApprovalsTable>
export type AgentRow = Selectable<AgentsTable>
export type WorkspaceRow = Selectable<WorkspacesTable>
