// Keys that take the place of others while both count.
import type { RotationUse } from '@xerotier/protocol/api/rotations.ts'
import type { GrantKeyState } from '@xerotier/protocol/lifecycles/grant-key.ts'
import type { RotationState } from '@xerotier/protocol/lifecycles/rotation.ts'
import type { RouterKeyState } from '@xerotier/protocol/lifecycles/router-key.ts'
import { bytea, nullable, text, timestamptz } from './column.ts'

/** Of agents. */
const rotations = {
  id: text(),
  project_id: text(),
  agent_id: text(),
  use: text<RotationUse>(),
  state: text<RotationState>(),
  reason: nullable(text()),
  requested_by: text(),
  requested_at: timestamptz(),
  /** It is rolled back when the new key is not in use by then. */
  deadline: timestamptz(),
  /** The key of the router that the agent is to dial. */
  router_key_id: nullable(text()),
  /** Public halves: Z85 of a CURVE key, hex of one that signs. */
  new_key: nullable(text()),
  /** The agent's, over the text of its acknowledgement. */
  signature: nullable(bytea()),
  /** That of a new signing key itself, over the same. */
  proof: nullable(bytea()),
  acknowledged_at: nullable(timestamptz()),
  old_key: text(),
  completed_at: nullable(timestamptz()),
  /** Until when the old key counts. */
  ends_at: nullable(timestamptz()),
  ended_at: nullable(timestamptz()),
  /** Why it was rolled back. */
  because: nullable(text()),
}

export type Endpoint = 'primary' | 'alternate'

const router_keys = {
  id: text(),
  /** Whose operator had it made; null for the first. */
  project_id: nullable(text()),
  use: text<'curve'>(),
  state: text<RouterKeyState>(),
  endpoint: text<Endpoint>(),
  public_key: text(),
  /** Sealed; null for the first, which is a file, and for one that is retired. */
  secret: nullable(bytea()),
  made_by: text(),
  made_at: timestamptz(),
  current_at: nullable(timestamptz()),
  /** Of one that retires: from when on those that use it and are away do not keep it. */
  ends_at: nullable(timestamptz()),
  retired_at: nullable(timestamptz()),
}

/** Of the router. */
const grant_keys = {
  id: text(),
  /** Whose operator had it made; null for the first. */
  project_id: nullable(text()),
  state: text<GrantKeyState>(),
  /** Raw, hex. */
  public_key: text(),
  /** Its seed, sealed; null for the first, which is a file, and for one that is retired. */
  secret: nullable(bytea()),
  /** The public key before it, and what that says of it. */
  signer: nullable(text()),
  statement: nullable(bytea()),
  reason: nullable(text()),
  made_by: text(),
  made_at: timestamptz(),
  /** Of one that retires: until when it signs at least. */
  ends_at: nullable(timestamptz()),
  retired_at: nullable(timestamptz()),
}

export const rotationTables = { rotations, router_keys, grant_keys }
