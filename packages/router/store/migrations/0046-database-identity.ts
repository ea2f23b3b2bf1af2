/** Which database this is. A dump that is restored is another, and finds that out by it. */
export const databaseIdentity = `
create table database_identity (
  only_one boolean primary key default true check (only_one),
  -- Of the cluster; empty where the router's role may not ask.
  system_identifier text not null,
  database_oid oid not null,
  since timestamptz not null default now()
);
`
