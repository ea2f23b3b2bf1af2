// What every domain function needs, passed as its first argument by the composition root (router.ts).
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Tracing } from '@xerotier/runtime/tracing.ts'
import type { Store } from '../store/database.ts'
import type { CommitLanes } from '../store/lanes/lanes.ts'
import type { Keyring } from './api-keys/keyring.ts'
import type { Absences } from './attempts/absences.ts'
import type { Calls } from './attempts/calls.ts'
import type { Dispatcher } from './attempts/dispatcher.ts'
import type { WorkspaceDirectory } from './directory/workspaces.ts'
import type { EventLog } from './events/event-log.ts'
import type { EnrolledKeys } from './fleet/enrolled-keys.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Identity } from './identity.ts'

export interface Core {
  clock: Clock
  log: Log
  store: Store
  /** Group commit of the hot path; everything else uses `store`. */
  lanes: CommitLanes
  identity: Identity
  /** The agents that hold a lease with this router now. */
  fleet: Fleet
  /** Readers of the one event log; `wake()` it after every commit that appended. */
  eventLog: EventLog
  /** Gives calls to agents. */
  dispatcher: Dispatcher
  /** Calls at agents now, and who waits for an answer. */
  calls: Calls
  /** Since when agents have been away. */
  absences: Absences
  /** API keys, remembered. */
  keyring: Keyring
  /** Workspaces by id or name, remembered. */
  workspaces: WorkspaceDirectory
  /** What ZAP admits. */
  enrolledKeys: EnrolledKeys
  tracing: Tracing
  settings: Settings
}

export interface Settings {
  /** Where agents dial, unless the join key says otherwise: tcp://host:port. */
  announcedAddress: string
  /** A lease lives this many renewal intervals. */
  leaseIntervals: number
  /** How long a call that may run twice stays with an agent that left, ms: time for a router restart. */
  lostReadGraceMs: number
  /** How long an at-most-once call of a lost agent stays in flight before it becomes ambiguous, ms. */
  lostAgentGraceMs: number
  /** After this long without a lease an agent counts as dead, ms. */
  deadAgentMs: number
  queueSeconds: number
  queuedPerProject: number
}
