// How people come in by the dashboard (tables.ts).
import { bytea, int, nullable, text, timestamptz } from './column.ts'

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
}

const second_factors = {
  user_id: text(),
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

export const sessionTables = { login_links, passwords, sessions, second_factors, recovery_codes }
