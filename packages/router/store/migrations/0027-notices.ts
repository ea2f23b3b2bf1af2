/** Where people read, whom they were told of, and what they still have to be told. */
export const notices = `
alter table channels
  -- The first stage of an approval that it is told of.
  add column from_stage int not null default 0,
  -- Names of rules of policies; null for whatever rule asked.
  add column rules text[],
  add column quiet_hours jsonb,
  add column remind_minutes int;

create table notices (
  id text primary key,
  project_id text not null references projects,
  -- A channel, or a person of the project.
  recipient text not null,
  channel_id text references channels,
  user_id text,
  -- The approval, or the event.
  subject text not null,
  approval_id uuid,
  type text not null,
  requester text not null,
  about jsonb not null,
  created_at timestamptz not null,
  told_at timestamptz,
  -- In a message of its own.
  told_alone boolean not null default false,
  ended_at timestamptz,
  outcome text,
  end_told_at timestamptz,
  end_told_alone boolean not null default false,
  unique (recipient, subject)
);
create index notices_recent on notices (recipient, created_at);
create index notices_open on notices (approval_id) where ended_at is null and approval_id is not null;
create index notices_untold on notices (recipient, created_at)
  where (told_at is null and ended_at is null) or (told_at is not null and ended_at is not null and end_told_at is null);
create index notices_waiting on notices (recipient, created_at)
  where told_at is not null and ended_at is null and approval_id is not null;
create index notices_old on notices (created_at);

-- When somebody was last told of several at once.
create table notice_recipients (
  recipient text primary key,
  digest_at timestamptz,
  reminded_at timestamptz
);
`
