// How people come in by the dashboard (tables.ts).
import type { SavedView } from '@xerotier/protocol/api/saved-views.ts'
import type { LoginMethod } from '@xerotier/protocol/api/sessions.ts'
import { bigint, boolean, bytea, initially, int, nullable, text, texts, timestamptz } from './column.ts'

/** Each is good for one login. */
const login_links = {
  id: text(),
  project_id: text(),
  user_id: text(),
  /** What asked for it: the session may no more than this key. */
  key_id: text(),
  token_hash: bytea(),
  created_at: timestamptz(),
  expires_at: timestamptz(),
  used_at: nullable(timestamptz()),
}

const passwords = {
  user_id: text(),
  /** A PHC string of argon2id. */
  hash: text(),
  changed_at: timestamptz(),
}

const sessions = {
  id: text(),
  user_id: text(),
  project_id: text(),
  /** Of a login by link; null after a password. */
  key_id: nullable(text()),
  token_hash: bytea(),
  address: text(),
  browser: text(),
  created_at: timestamptz(),
  seen_at: timestamptz(),
  expires_at: timestamptz(),
  ended_at: nullable(timestamptz()),
  /** By what its person proved who they are. */
  methods: initially([], texts<LoginMethod>()),
  /** When its person has last proved who they are, after the login. */
  proved_at: nullable(timestamptz()),
}

const second_factors = {
  user_id: text(),
  /** Sealed. */
  secret: bytea(),
  created_at: timestamptz(),
  /** Null until a code of it has come back. */
  confirmed_at: nullable(timestamptz()),
  last_step: nullable(int()),
}

const recovery_codes = {
  user_id: text(),
  hash: bytea(),
  used_at: nullable(timestamptz()),
}

const passkeys = {
  id: text(),
  user_id: text(),
  credential_id: bytea(),
  /** COSE (RFC 9052). */
  public_key: bytea(),
  counter: bigint(),
  transports: texts(),
  backed_up: boolean(),
  name: text(),
  created_at: timestamptz(),
  used_at: nullable(timestamptz()),
}

/**
 * What an authenticator is asked to sign for: a passkey made, one shown to come in, a vote, or to
 * be known anew.
 */
export type ChallengePurpose = 'register' | 'show' | 'vote' | 'fresh'

const passkey_challenges = {
  /** SHA-256 of its text. */
  hash: bytea(),
  purpose: text<ChallengePurpose>(),
  session_id: nullable(text()),
  expires_at: timestamptz(),
}

const provider_accounts = {
  issuer: text(),
  subject: text(),
  user_id: text(),
  created_at: timestamptz(),
}

const provider_logins = {
  hash: bytea(),
  expires_at: timestamptz(),
}

const saved_views = {
  user_id: text(),
  project_id: text(),
  page: text<SavedView['page']>(),
  name: text(),
  search: text(),
  created_at: timestamptz(),
}

export const sessionTables = {
  login_links,
  passwords,
  sessions,
  second_factors,
  recovery_codes,
  passkeys,
  passkey_challenges,
  provider_accounts,
  provider_logins,
  saved_views,
}
