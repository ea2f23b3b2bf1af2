/**
 * A number that moves, in the same transaction, with what the data plane admits: whoever keeps the
 * enrolled keys in memory reads them again when it is another.
 */
export const enrolledKeysVersion = `
create table versions (
  name text primary key,
  version bigint not null
);
insert into versions values ('enrolled_keys', 1);

create function enrolled_keys_changed() returns trigger language plpgsql as $$
begin
  update versions set version = version + 1 where name = 'enrolled_keys';
  return null;
end $$;

create trigger agents_key_added after insert on agents
  for each row execute function enrolled_keys_changed();
-- A row changes with each session of its agent; its key hardly ever does.
create trigger agents_key_changed after update on agents for each row
  when (old.curve_public_key is distinct from new.curve_public_key
    or (old.state = 'suspended') is distinct from (new.state = 'suspended')
    or (old.deleted_at is null) is distinct from (new.deleted_at is null))
  execute function enrolled_keys_changed();
`
