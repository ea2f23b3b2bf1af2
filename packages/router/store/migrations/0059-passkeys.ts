/** Passkeys of people, and by what somebody proved who they are when a session began. */
export const passkeys = `
create table passkeys (
  id text primary key,
  user_id text not null references users,
  -- As the authenticator names it.
  credential_id bytea not null,
  -- COSE (RFC 9052).
  public_key bytea not null,
  -- Of signatures, by those that count. It must grow.
  counter bigint not null,
  transports text[] not null,
  -- In more than one device: it was synchronised.
  backed_up boolean not null,
  name text not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create unique index passkeys_credential on passkeys (credential_id);
create index passkeys_user on passkeys (user_id);

-- What an authenticator is asked to sign. Each is taken once, whatever comes of it.
create table passkey_challenges (
  hash bytea primary key,
  purpose text not null,
  -- Who asked; null before a login.
  session_id text,
  expires_at timestamptz not null
);
create index passkey_challenges_over on passkey_challenges (expires_at);

alter table sessions add column methods text[] not null default '{}';

-- They are good for whoever has a second step of any kind.
alter table recovery_codes drop constraint recovery_codes_user_id_fkey;
alter table recovery_codes add constraint recovery_codes_user_id_fkey foreign key (user_id) references users;
`
