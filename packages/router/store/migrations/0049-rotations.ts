/** Keys that take the place of others while both count: of agents, and of the router. */
export const rotations = `
create table router_keys (
  id text primary key,
  project_id text references projects,
  use text not null,
  state text not null,
  endpoint text not null,
  public_key text not null unique,
  secret bytea,
  made_by text not null,
  made_at timestamptz not null,
  current_at timestamptz,
  ends_at timestamptz,
  retired_at timestamptz
);
-- Two count at most.
create unique index router_keys_live on router_keys (use, state) where state <> 'retired';

create table rotations (
  id text primary key,
  project_id text not null references projects,
  agent_id text not null references agents,
  use text not null,
  state text not null,
  reason text,
  requested_by text not null,
  requested_at timestamptz not null,
  deadline timestamptz not null,
  router_key_id text references router_keys,
  new_key text,
  signature bytea,
  acknowledged_at timestamptz,
  old_key text not null,
  completed_at timestamptz,
  ends_at timestamptz,
  ended_at timestamptz,
  because text
);
create index on rotations (agent_id, id);
-- One at a time.
create unique index rotations_open on rotations (agent_id, use) where state in ('requested', 'acknowledged');
-- Those in which two keys count, or will.
create index rotations_live on rotations (state) where state in ('requested', 'acknowledged', 'completed');
create unique index rotations_new_key on rotations (new_key) where state in ('acknowledged', 'completed');

alter table agents add column router_key_id text references router_keys;
alter table agents add column features text[];

create trigger rotations_key_changed after insert or update on rotations
  for each row execute function enrolled_keys_changed();
`
