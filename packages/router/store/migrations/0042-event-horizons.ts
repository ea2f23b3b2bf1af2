/**
 * Where the events of each project begin: retention removes them a tile of the audit log at a time,
 * after the log itself has said so.
 */
export const eventHorizons = `
create table event_horizons (
  project_id text primary key references projects,
  -- Events up to and including this one are gone.
  xid xid8,
  seq bigint,
  -- With which tile the log begins, or is about to.
  begins_at bigint not null,
  -- The transaction that said so.
  announced_in xid8 not null
);
create index audit_mentions_tile on audit_mentions (project_id, n);
`
