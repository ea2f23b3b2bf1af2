/** How far each follower of the event log has come, and which process holds it. */
export const followers = `
create table followers (
  name text primary key,
  -- Of one start of one router; who takes the place over writes its own.
  holder uuid not null,
  -- Everything up to and including (xid, seq) is handled.
  xid xid8 not null,
  seq bigint not null,
  updated_at timestamptz not null
);
`
