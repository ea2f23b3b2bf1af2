/** What agents have seen of the audit log, signed. */
export const cosignatures = `
create table audit_cosignatures (
  project_id text not null references projects,
  agent_id text not null references agents,
  size bigint not null,
  note text not null,
  public_key bytea not null,
  signature bytea not null,
  at timestamptz not null,
  primary key (project_id, agent_id)
);
`
