/** One-time links: with one, one person votes once on one approval. */
export const approvalLinks = `
create table approval_links (
  id text primary key,
  project_id text not null references projects,
  approval_id uuid not null references approvals,
  user_id text not null references users,
  -- What the person was asked about: a link decides on nothing else.
  digest text not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  decision text,
  revoked_at timestamptz,
  revoked_by text
);
create index on approval_links (project_id, id);
create index on approval_links (approval_id, user_id);
`
