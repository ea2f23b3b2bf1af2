/** Devices that are told by Web Push: channels of one person each, and what signs for them. */
export const pushDevices = `
create table push_keys (
  id text primary key,
  -- The one that new devices are told.
  current boolean not null,
  public_key bytea not null,
  -- Sealed.
  private_key bytea not null,
  created_at timestamptz not null
);
create unique index push_keys_current on push_keys (current) where current;

alter table channels
  -- Whose device it is, the session that it was added in, and the key that it knows.
  add column user_id text references users,
  add column session_id text,
  add column push_key text references push_keys,
  -- SHA-256 of where its push service takes messages for it.
  add column endpoint_hash text;
create unique index channels_of_endpoint on channels (project_id, endpoint_hash)
  where deleted_at is null and endpoint_hash is not null;
create index channels_of_person on channels (user_id) where deleted_at is null and user_id is not null;
`
