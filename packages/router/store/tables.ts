// The columns of every table. What Kysely and the commit lanes know of them derives from here, and
// a test compares it with the schema that the migrations make.

import type { Door } from '@xerotier/protocol/api/actor.ts'
import type { IpFilter, KeyWorkspace, Quota } from '@xerotier/protocol/api/api-keys.ts'
import type { AgentRole } from '@xerotier/protocol/api/join-keys.ts'
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import type { StrongLogin } from '@xerotier/protocol/api/sessions.ts'
import type { EventKind } from '@xerotier/protocol/events.ts'
import type { AgentState } from '@xerotier/protocol/lifecycles/agent.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { JoinKeyState } from '@xerotier/protocol/lifecycles/join-key.ts'
import type { Manifest, WorkspaceType } from '@xerotier/protocol/manifest.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { Selectable } from 'kysely'
import {
  approval_policies,
  approval_policy_versions,
  approval_recommendations,
  approval_votes,
  approvals,
  type requested,
} from './approval-tables.ts'
import { auditTables } from './audit-tables.ts'
import {
  bigint,
  boolean,
  bytea,
  initially,
  int,
  jsonb,
  made,
  nullable,
  smallint,
  type TableOf,
  text,
  texts,
  timestamptz,
  uuid,
  type WrittenTo,
  xid8,
} from './column.ts'
import { containmentTables } from './containment-tables.ts'
import { healthTables } from './health-tables.ts'
import { notificationTables } from './notification-tables.ts'
import { peopleTables } from './people-tables.ts'
import { retentionTables } from './retention-tables.ts'
import { rotationTables } from './rotation-tables.ts'
import { sessionTables } from './session-tables.ts'

const projects = {
  id: text(),
  slug: text(),
  name: text(),
  allow_self_approval: initially(false, boolean()),
  /** How long each is kept; null for ever. */
  executions_days: nullable(int()),
  output_days: nullable(int()),
  artifacts_days: nullable(int()),
  events_days: nullable(int()),
  encrypt_calls: initially(false, boolean()),
  required_login: initially([], texts<StrongLogin>()),
  created_at: timestamptz(),
}

const api_keys = {
  id: text(),
  project_id: text(),
  name: text(),
  prefix: text(),
  hash: bytea(),
  previous_hash: nullable(bytea()),
  previous_expires_at: nullable(timestamptz()),
  scopes: texts<Scope>(),
  ip_filter: nullable(jsonb<IpFilter>()),
  quota: nullable(jsonb<Quota>()),
  /** Those that it may call, as they were called then; null for all. */
  workspaces: nullable(jsonb<KeyWorkspace[]>()),
  /** Whose it is; null for a service key. */
  user_id: nullable(text()),
  /** The API key that made this one, or the person; null for the bootstrap key. */
  created_by: nullable(text()),
  /** The API keys, or people, that gave it another value. */
  rotated_by: nullable(texts()),
  created_at: timestamptz(),
  expires_at: nullable(timestamptz()),
  last_used_at: nullable(timestamptz()),
  revoked_at: nullable(timestamptz()),
}

const join_keys = {
  id: text(),
  project_id: text(),
  name: text(),
  role: text<AgentRole>(),
  region: text(),
  router_addr: text(),
  state: text<JoinKeyState>(),
  created_by: text(),
  created_at: timestamptz(),
  expires_at: timestamptz(),
  consumed_at: nullable(timestamptz()),
  consumed_by: nullable(text()),
  consumed_signing_key: nullable(bytea()),
  revoked_at: nullable(timestamptz()),
  require_approval: initially(false, boolean()),
}

const agents = {
  id: text(),
  project_id: text(),
  name: text(),
  role: text<AgentRole>(),
  region: text(),
  description: nullable(text()),
  state: text<AgentState>(),
  signing_public_key: bytea(),
  curve_public_key: text(),
  hostname: nullable(text()),
  version: nullable(text()),
  max_concurrent_executions: initially(0, int()),
  lease_epoch: initially(0, int()),
  lease_expires_at: nullable(timestamptz()),
  last_heartbeat_at: nullable(timestamptz()),
  connected_at: nullable(timestamptz()),
  enrolled_at: timestamptz(),
  journal_id: nullable(text()),
  manifest: nullable(jsonb<Manifest>()),
  known_risks: nullable(jsonb<Readonly<Record<string, Risk>>>()),
  manifest_version: nullable(int()),
  manifest_hash: nullable(text()),
  manifest_accepted_at: nullable(timestamptz()),
  deleted_at: nullable(timestamptz()),
  /** The key of the router that it dials. */
  router_key_id: nullable(text()),
  /** Since when the router knows its keys; null where it cannot say. */
  curve_key_since: nullable(timestamptz()),
  signing_key_since: nullable(timestamptz()),
  /** What its last proof said that it knows; null before the first. */
  features: nullable(texts()),
  /** Of the wire, in its last session. */
  wire_version: nullable(int()),
}

const workspaces = {
  id: text(),
  project_id: text(),
  name: text(),
  type: text<WorkspaceType>(),
  description: nullable(text()),
  created_at: timestamptz(),
  deleted_at: nullable(timestamptz()),
}

const workspace_agent_bindings = {
  workspace_id: text(),
  agent_id: text(),
  credentials_ref: nullable(text()),
  created_by: text(),
  created_at: timestamptz(),
}

/** What a call is when it is stored. */
export const submitted = {
  id: uuid(),
  project_id: text(),
  workspace_id: text(),
  tool: text(),
  risk: text<Risk>(),
  at_most_once: boolean(),
  state: text<ExecutionState>(),
  args: jsonb<Record<string, unknown>>(),
  schema_digest: text(),
  digest: text(),
  policy_version: int(),
  credentials_ref: nullable(text()),
  /** Sealed, and gone when the call can no longer be dispatched. */
  secrets: nullable(bytea()),
  /** The key that sealed arguments, result and output; null where they are in the clear. */
  sealed_with: nullable(int()),
  agent_id: nullable(text()),
  attempt: int(),
  lease_epoch: int(),
  journal_id: nullable(text()),
  /** The call that this one makes again. */
  retry_of: nullable(uuid()),
  reason: nullable(text()),
  requested_by: text(),
  /** By which API key, and through which door. */
  requested_key: nullable(text()),
  requested_door: nullable(text<Door>()),
  request_id: text(),
  traceparent: nullable(text()),
  idempotency_key: nullable(text()),
  request_digest: nullable(text()),
  timeout_ms: int(),
  created_at: timestamptz(),
  queue_deadline: nullable(timestamptz()),
  dispatched_at: nullable(timestamptz()),
}

/** What becomes of it: empty, or the default, until then. */
export const unfolding = {
  approval_id: nullable(uuid()),
  started_at: nullable(timestamptz()),
  finished_at: nullable(timestamptz()),
  cancel_requested_at: nullable(timestamptz()),
  exit_code: nullable(int()),
  signal: nullable(text()),
  error: nullable(jsonb<{ code: string; message: string }>()),
  result: nullable(jsonb<unknown>()),
  stdout_bytes: initially(0, bigint()),
  stderr_bytes: initially(0, bigint()),
  truncated: initially(false, boolean()),
  resolved_by: nullable(text()),
  resolved_note: nullable(text()),
  resolved_at: nullable(timestamptz()),
}

const executions = { ...submitted, ...unfolding }

const execution_output = {
  execution_id: uuid(),
  attempt: int(),
  seq: int(),
  /** 1 stdout, 2 stderr: the file descriptors. */
  stream: smallint(),
  at: timestamptz(),
  data: bytea(),
}

const artifacts = {
  id: text(),
  project_id: text(),
  execution_id: uuid(),
  attempt: int(),
  name: text(),
  media_type: text(),
  created_at: timestamptz(),
}

const artifact_chunks = {
  artifact_id: text(),
  seq: int(),
  data: bytea(),
}

const events = {
  xid: made(xid8()),
  seq: made(bigint()),
  at: timestamptz(),
  project_id: text(),
  kind: text<EventKind>(),
  actor: text(),
  /** The API key that the actor came with, and the door: null for agents and the router. */
  actor_key: nullable(text()),
  door: nullable(text<Door>()),
  execution_id: nullable(uuid()),
  approval_id: nullable(uuid()),
  agent_id: nullable(text()),
  workspace_id: nullable(text()),
  data: jsonb<Record<string, unknown>>(),
}

const followers = {
  name: text(),
  /** Of one follower in one process: who takes the place over writes its own. */
  holder: uuid(),
  xid: xid8(),
  seq: bigint(),
  updated_at: timestamptz(),
}

/** Of what routers keep in memory and read again when it has changed. */
const versions = {
  name: text<'enrolled_keys'>(),
  version: bigint(),
}

export const tables = {
  projects,
  ...peopleTables,
  api_keys,
  join_keys,
  agents,
  workspaces,
  workspace_agent_bindings,
  ...containmentTables,
  executions,
  approvals,
  approval_votes,
  approval_recommendations,
  approval_policies,
  approval_policy_versions,
  execution_output,
  artifacts,
  artifact_chunks,
  events,
  followers,
  ...healthTables,
  ...notificationTables,
  ...auditTables,
  ...retentionTables,
  ...rotationTables,
  ...sessionTables,
  versions,
}

export type Tables = { [Name in keyof typeof tables]: TableOf<(typeof tables)[Name]> }

export type ExecutionRow = Selectable<Tables['executions']>
export type ApprovalRow = Selectable<Tables['approvals']>
export type AgentRow = Selectable<Tables['agents']>
export type RotationRow = Selectable<Tables['rotations']>
export type RouterKeyRow = Selectable<Tables['router_keys']>
export type GrantKeyRow = Selectable<Tables['grant_keys']>
export type ExportRow = Selectable<Tables['exports']>
export type CosignatureRow = Selectable<Tables['audit_cosignatures']>
export type ChannelRow = Selectable<Tables['channels']>
export type PushKeyRow = Selectable<Tables['push_keys']>
export type ApprovalLinkRow = Selectable<Tables['approval_links']>
export type NoticeRow = Selectable<Tables['notices']>
export type DeliveryRow = Selectable<Tables['deliveries']>
export type WorkspaceRow = Selectable<Tables['workspaces']>
export type NewApproval = WrittenTo<typeof requested>
