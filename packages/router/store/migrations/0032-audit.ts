/**
 * The audit log: of each project, the events as leaves of a Merkle tree. A tile of level 0 says
 * which events its leaves are. Rows only grow; retention alone removes any.
 */
export const audit = `
create table audit_tiles (
  project_id text not null references projects,
  level int not null,
  n bigint not null,
  hashes bytea not null,
  -- Of level 0: the events, in the order of their hashes.
  xids xid8[] not null,
  seqs bigint[] not null,
  first_at timestamptz,
  last_at timestamptz,
  primary key (project_id, level, n)
);
alter table audit_tiles alter column hashes set storage external;

create table audit_checkpoints (
  project_id text not null references projects,
  size bigint not null,
  -- Signed by the key of the log.
  note text not null,
  at timestamptz not null,
  primary key (project_id, size)
);

-- In which tiles of level 0 somebody acted, or something was acted on.
create table audit_mentions (
  project_id text not null references projects,
  name text not null,
  n bigint not null,
  primary key (project_id, name, n)
);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('xerotier.retention', true) = 'on' then return old; end if;
  raise exception '% are append-only', tg_table_name using errcode = 'XE002';
end $$;
create function refuse_tile_change() returns trigger language plpgsql as $$
begin
  if new.project_id = old.project_id and new.level = old.level and new.n = old.n
    and substring(new.hashes for octet_length(old.hashes)) = old.hashes
    and new.seqs[1:cardinality(old.seqs)] = old.seqs then return new; end if;
  raise exception 'audit_tiles only grow' using errcode = 'XE002';
end $$;
create trigger audit_tiles_grow before update on audit_tiles for each row execute function refuse_tile_change();
create trigger audit_tiles_append_only before delete on audit_tiles for each row execute function refuse_audit_change();
create trigger audit_checkpoints_append_only before update or delete on audit_checkpoints
  for each row execute function refuse_audit_change();

create or replace function refuse_event_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('xerotier.retention', true) = 'on' then return old; end if;
  raise exception 'events are append-only' using errcode = 'XE002';
end $$;
`
