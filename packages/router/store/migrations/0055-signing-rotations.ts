/** Rotations of the keys with which agents sign. */
export const signingRotations = `
alter table rotations add column proof bytea;
-- Whichever key: an agent keeps one that is to come.
drop index rotations_open;
create unique index rotations_open on rotations (agent_id) where state in ('requested', 'acknowledged');
-- Whose a key was: none is taken twice.
create index rotations_old_key on rotations (old_key);
create index rotations_known_key on rotations (new_key);
`
