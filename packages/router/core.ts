// Everything that verbs need, built by the composition root (router.ts) and handed to the doors.
// No verb takes it whole: each names the parts that it uses as the type of its first argument.
import type { Tracing } from '@xerotier/runtime/tracing/tracing.ts'
import type { Keyring } from './domain/api-keys/keyring.ts'
import type { Attempts } from './domain/attempts/attempts.ts'
import type { Heads } from './domain/audit/heads.ts'
import type { Refusals } from './domain/audit/refusals.ts'
import type { Outbox } from './domain/deliveries/outbox.ts'
import type { Directory } from './domain/directory/workspaces.ts'
import type { Encrypting } from './domain/encryption/encrypting.ts'
import type { EventLog } from './domain/events/event-log.ts'
import type { Archives } from './domain/exports/archives.ts'
import type { EnrolledKeys } from './domain/fleet/enrolled-keys.ts'
import type { FleetView } from './domain/fleet/fleet.ts'
import type { GrantKeys } from './domain/grant-keys/grant-keys.ts'
import type { Pulse } from './domain/health/pulse.ts'
import type { Identity } from './domain/identity.ts'
import type { Policies } from './domain/policy/book.ts'
import type { Records } from './domain/records.ts'
import type { RotationWatch } from './domain/rotations/watch.ts'
import type { Addresses } from './domain/router-keys/addresses.ts'
import type { Listening, ServerKeys } from './domain/router-keys/server-keys.ts'
import type { PublicPlace } from './domain/sessions/passkeys/relying-party.ts'
import type { IdentityProvider } from './domain/sessions/provider/client.ts'
import type { SessionWatch } from './domain/sessions/watch.ts'
import type { Settings } from './domain/settings.ts'
import type { Witnesses } from './domain/witnesses/answers.ts'

export interface Core extends Records, FleetView, Directory, Attempts, Policies, Encrypting, Addresses, PublicPlace {
  /** Readers of the one event log. */
  eventLog: EventLog
  identity: Identity
  /** API keys, remembered. */
  keyring: Keyring
  /** Who must hear that a session of the dashboard has ended. */
  sessions: SessionWatch
  /** Of this installation; undefined where none was named. */
  identityProvider: IdentityProvider | undefined
  /** What ZAP admits. */
  enrolledKeys: EnrolledKeys
  tracing: Tracing
  /** Of exports. */
  archives: Archives
  /** Attempts that were refused to known credentials. */
  refusals: Refusals
  /** Agents that sign checkpoints of the audit logs. */
  witnesses: Witnesses
  /** Last checkpoints of the audit logs, beside the database. */
  heads: Heads
  /** What is to be sent to webhooks, channels and people. */
  outbox: Outbox
  settings: Settings
  /** What the parts of the router say of themselves. */
  pulse: Pulse
  /** What signs grants. */
  grantKeys: GrantKeys
  /** What the data plane listens under. */
  serverKeys: ServerKeys
  listening: Listening
  rotations: RotationWatch
}
