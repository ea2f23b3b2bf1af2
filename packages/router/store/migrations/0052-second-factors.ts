/** A second factor for who logs in by password: codes of an authenticator, and codes to recover. */
export const secondFactors = `
create table second_factors (
  user_id text primary key references users,
  -- Of RFC 6238. Codes can be made of nothing else.
  secret bytea not null,
  created_at timestamptz not null,
  -- Null until a code of it has come back.
  confirmed_at timestamptz,
  -- Of the last code that was taken: none is good twice.
  last_step integer
);

create table recovery_codes (
  user_id text not null references second_factors on delete cascade,
  hash bytea not null,
  used_at timestamptz,
  primary key (user_id, hash)
);
`
