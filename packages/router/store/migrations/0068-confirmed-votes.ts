/** Votes that somebody confirmed with a passkey, and when somebody last proved who they are. */
export const confirmedVotes = `
alter table approval_votes
  add column passkey_id text,
  -- As it was called then.
  add column passkey_name text,
  -- What the authenticator signed, and its signature: others can verify it as well.
  add column passkey_proof jsonb;

-- Since the login; null while nothing was proved after it.
alter table sessions add column proved_at timestamptz;
`
