/**
 * How people come in by the dashboard: a link that is good for one login, a password, and the
 * sessions that follow.
 */
export const sessions = `
create table login_links (
  id text primary key,
  project_id text not null references projects,
  user_id text not null references users,
  -- What asked for it. The session may no more than this key.
  key_id text not null references api_keys,
  token_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create unique index login_links_token on login_links (token_hash);
create index login_links_over on login_links (expires_at);

create table passwords (
  user_id text primary key references users,
  -- A PHC string of argon2id.
  hash text not null,
  changed_at timestamptz not null
);

create table sessions (
  id text primary key,
  user_id text not null references users,
  project_id text not null references projects,
  -- Of a login by link; null after a password.
  key_id text references api_keys,
  token_hash bytea not null,
  address text not null,
  browser text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create unique index sessions_token on sessions (token_hash);
create index sessions_user on sessions (user_id) where ended_at is null;
create index sessions_over on sessions (expires_at);
`
