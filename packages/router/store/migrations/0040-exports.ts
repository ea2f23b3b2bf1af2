/** Archives of what happened; their bytes are files of the state folder. */
export const exports = `
create table exports (
  id text primary key,
  project_id text not null references projects,
  type text not null,
  format text not null,
  since timestamptz not null,
  until timestamptz not null,
  workspace_id text,
  state text not null,
  created_by text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  expires_at timestamptz,
  rows bigint not null default 0,
  bytes bigint,
  sha256 text,
  error text
);
create index on exports (project_id, id);
create index exports_open on exports (id) where state in ('pending', 'running');
create index exports_kept on exports (expires_at) where state = 'completed';
`
