/** Who is told of events, and the outbox of what they are told. */
export const notifications = `
create table channels (
  id text primary key,
  project_id text not null references projects,
  kind text not null,
  name text,
  -- What may be shown of where it goes; the rest of it is sealed.
  target text not null,
  secret bytea,
  previous_secret bytea,
  overlap_until timestamptz,
  events text[] not null,
  workspaces text[] not null,
  risks text[] not null,
  active boolean not null,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_delivered_at timestamptz,
  last_failed_at timestamptz,
  last_error text,
  deleted_at timestamptz
);
create index on channels (project_id, id) where deleted_at is null;

create table deliveries (
  id text primary key,
  project_id text not null references projects,
  channel_id text references channels,
  -- Receivers do not wait for each other: what goes to one of them stands in one lane.
  lane text not null,
  event_id text not null,
  type text not null,
  state text not null,
  body text not null,
  recipient text,
  approval_id uuid,
  attempts int not null default 0,
  created_at timestamptz not null,
  -- Since it was made, or somebody asked for it again.
  waiting_since timestamptz not null,
  next_attempt_at timestamptz not null,
  last_attempt_at timestamptz,
  last_status int,
  last_error text,
  settled_at timestamptz
);
create index deliveries_due on deliveries (lane, next_attempt_at) where state = 'pending';
create index deliveries_of_project on deliveries (project_id, id);
create index deliveries_dead on deliveries (project_id, id) where state = 'exhausted';
create index deliveries_of_channel on deliveries (channel_id, id);
create index deliveries_settled on deliveries (settled_at) where state <> 'pending';
`
