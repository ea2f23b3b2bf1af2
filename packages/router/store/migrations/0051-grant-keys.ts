/** The keys that sign grants, apart from the one that signs tokens, and who vouches for each. */
export const grantKeys = `
create table grant_keys (
  id text primary key,
  project_id text references projects,
  state text not null,
  public_key text not null unique,
  secret bytea,
  signer text,
  statement bytea,
  reason text,
  made_by text not null,
  made_at timestamptz not null,
  ends_at timestamptz,
  retired_at timestamptz
);
-- Two sign at most.
create unique index grant_keys_live on grant_keys (state) where state <> 'retired';
`
