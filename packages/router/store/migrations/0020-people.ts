/**
 * People of the installation, and what they are in a project. A key may belong to a person; one
 * that does not is a service key.
 */
export const people = `
create table users (
  id text primary key,
  -- As they write it.
  email text not null,
  -- As it is compared: domain/people/email.ts.
  email_key text not null,
  name text not null,
  active boolean not null default true,
  system_role text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index users_email on users (email_key);

create table project_members (
  project_id text not null references projects,
  user_id text not null references users,
  role text not null,
  added_by text not null,
  added_at timestamptz not null,
  primary key (project_id, user_id)
);
create index project_members_user on project_members (user_id);

create table groups (
  id text primary key,
  project_id text not null references projects,
  name text not null,
  created_by text not null,
  created_at timestamptz not null
);
create unique index groups_name on groups (project_id, lower(name));
create index groups_page on groups (project_id, id);

-- Whoever leaves the project leaves its groups.
create table group_members (
  group_id text not null references groups on delete cascade,
  project_id text not null,
  user_id text not null,
  added_by text not null,
  added_at timestamptz not null,
  primary key (group_id, user_id),
  foreign key (project_id, user_id) references project_members on delete cascade
);
create index group_members_user on group_members (project_id, user_id);

-- Never deleted, only ended: who decided by one can be looked up for ever.
create table delegations (
  id text primary key,
  project_id text not null references projects,
  kind text not null,
  from_user text not null references users,
  to_user text not null references users,
  risks text[],
  workspaces jsonb,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  note text,
  created_by text not null,
  created_at timestamptz not null,
  ended_by text,
  ended_at timestamptz
);
create index delegations_page on delegations (project_id, id);

create table invitations (
  id text primary key,
  project_id text not null references projects,
  email text not null,
  email_key text not null,
  role text not null,
  -- Their ids.
  groups text[] not null,
  token_hash bytea not null,
  state text not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_by text references users,
  accepted_at timestamptz,
  revoked_at timestamptz
);
create unique index invitations_token on invitations (token_hash);
create unique index invitations_pending on invitations (project_id, email_key) where state = 'pending';
create index invitations_page on invitations (project_id, id);

alter table api_keys add column user_id text references users;
-- Whoever rotated it has held its value too.
alter table api_keys add column rotated_by text[];
create index api_keys_user on api_keys (user_id) where user_id is not null;
`
