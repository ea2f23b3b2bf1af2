/** Identities that wait for an operator before their join key lets them in. */
export const candidates = `
alter table join_keys add column require_approval boolean not null default false;
create table candidates (
  id text primary key,
  project_id text not null references projects,
  join_key_id text not null references join_keys,
  name text not null,
  hostname text not null,
  version text not null,
  signing_public_key bytea not null,
  curve_public_key text not null,
  state text not null,
  requested_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  note text,
  agent_id text references agents,
  unique (join_key_id, signing_public_key)
);
create index on candidates (project_id, id);
`
