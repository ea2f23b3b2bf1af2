// Text ids are `<prefix>_<24 hex>`. They are ordered by time as the uuidv7 of executions are, so
// that a primary key is a page cursor too.
export const foundation = `
create table projects (
  id text primary key,
  slug text not null unique,
  name text not null,
  allow_self_approval boolean not null default false,
  created_at timestamptz not null
);

create table api_keys (
  id text primary key,
  project_id text not null references projects,
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  previous_hash bytea unique,
  previous_expires_at timestamptz,
  scopes text[] not null,
  ip_filter jsonb,
  quota jsonb,
  created_by text,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index on api_keys (project_id, id);

create table agents (
  id text primary key,
  project_id text not null references projects,
  name text not null,
  role text not null,
  region text not null,
  description text,
  state text not null,
  signing_public_key bytea not null,
  curve_public_key text not null,
  hostname text,
  version text,
  max_concurrent_executions int not null default 0,
  lease_epoch int not null default 0,
  lease_expires_at timestamptz,
  last_heartbeat_at timestamptz,
  connected_at timestamptz,
  enrolled_at timestamptz not null,
  journal_id text,
  manifest jsonb,
  manifest_version int,
  manifest_hash text,
  manifest_accepted_at timestamptz,
  deleted_at timestamptz
);
create unique index agents_name on agents (project_id, name) where deleted_at is null;
create unique index agents_curve_key on agents (curve_public_key) where deleted_at is null;

create table join_keys (
  id text primary key,
  project_id text not null references projects,
  name text not null,
  role text not null,
  region text not null,
  router_addr text not null,
  state text not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  consumed_by text references agents,
  consumed_signing_key bytea,
  revoked_at timestamptz
);
create index on join_keys (project_id, id);

create table workspaces (
  id text primary key,
  project_id text not null references projects,
  name text not null,
  type text not null,
  description text,
  created_at timestamptz not null,
  unique (project_id, name)
);

create table workspace_agent_bindings (
  workspace_id text not null references workspaces,
  agent_id text not null references agents,
  credentials_ref text,
  created_by text not null,
  created_at timestamptz not null,
  primary key (workspace_id, agent_id)
);
create index on workspace_agent_bindings (agent_id);

create table agent_pauses (
  agent_id text not null references agents,
  workspace_id text references workspaces,
  reason text,
  paused_by text not null,
  paused_at timestamptz not null,
  unique nulls not distinct (agent_id, workspace_id)
);

create table executions (
  id uuid primary key,
  project_id text not null,
  workspace_id text not null,
  tool text not null,
  risk text not null,
  at_most_once boolean not null,
  state text not null,
  args jsonb not null,
  schema_digest text not null,
  digest text not null,
  policy_version int not null,
  agent_id text,
  attempt int not null,
  lease_epoch int not null,
  journal_id text,
  approval_id uuid,
  reason text,
  requested_by text not null,
  request_id text not null,
  traceparent text,
  idempotency_key text,
  request_digest text,
  timeout_ms int not null,
  created_at timestamptz not null,
  queue_deadline timestamptz,
  dispatched_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  cancel_requested_at timestamptz,
  exit_code int,
  signal text,
  error jsonb,
  result jsonb,
  stdout_bytes bigint not null default 0,
  stderr_bytes bigint not null default 0,
  truncated boolean not null default false,
  resolved_by text,
  resolved_note text,
  resolved_at timestamptz
);
create index executions_page on executions (project_id, id);
create unique index executions_idempotency on executions (project_id, idempotency_key) where idempotency_key is not null;
create index executions_queue on executions (id) where state = 'queued';
create index executions_in_flight on executions (agent_id) where state in ('dispatched', 'running');

create table approvals (
  id uuid primary key,
  project_id text not null,
  execution_id uuid not null references executions,
  workspace_id text not null,
  tool text not null,
  risk text not null,
  state text not null,
  args jsonb not null,
  prompt text not null,
  reason text,
  digest text not null,
  schema_digest text not null,
  policy_version int not null,
  requested_by text not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  note text
);
create index approvals_page on approvals (project_id, id);
create index approvals_open on approvals (expires_at) where state = 'pending';
create index approvals_execution on approvals (execution_id);

-- Rows of an earlier attempt stay until retention removes them; readers take the execution's attempt.
create table execution_output (
  execution_id uuid not null,
  attempt int not null,
  seq int not null,
  stream smallint not null,
  at timestamptz not null,
  data bytea not null,
  primary key (execution_id, attempt, seq)
);
alter table execution_output alter column data set storage external;

create table artifacts (
  id text primary key,
  project_id text not null,
  execution_id uuid not null,
  attempt int not null,
  name text not null,
  created_at timestamptz not null,
  unique (execution_id, attempt, name)
);
create table artifact_chunks (
  artifact_id text not null references artifacts,
  seq int not null,
  data bytea not null,
  primary key (artifact_id, seq)
);
alter table artifact_chunks alter column data set storage external;

-- The one log (law L8). seq is taken at insert but becomes visible at commit, so readers order by (xid, seq) and stay
-- below the oldest running transaction.
create table events (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  at timestamptz not null,
  project_id text not null,
  kind text not null,
  actor text not null,
  execution_id uuid,
  approval_id uuid,
  agent_id text,
  workspace_id text,
  data jsonb not null,
  primary key (xid, seq)
);
create index events_execution on events (execution_id) where execution_id is not null;
create index events_agent on events (agent_id, xid, seq) where kind like 'agent.%';

-- Nothing rewrites history.
create function refuse_event_change() returns trigger language plpgsql as $$
begin
  raise exception 'events are append-only' using errcode = 'XE002';
end $$;
create trigger events_append_only before update or delete on events for each row execute function refuse_event_change();
`
