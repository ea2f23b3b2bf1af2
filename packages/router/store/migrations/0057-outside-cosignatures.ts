/** What a witness outside has seen of the audit log, signed. */
export const outsideCosignatures = `
create table audit_outside_cosignatures (
  project_id text not null references projects,
  witness text not null,
  size bigint not null,
  note text not null,
  public_key bytea not null,
  signature bytea not null,
  at timestamptz not null,
  primary key (project_id, witness)
);
`
