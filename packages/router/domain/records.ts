import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Store } from '../store/database.ts'

/**
 * The record of everything, the time that is written, and what operators and readers hear of it.
 */
export interface Records {
  store: Store
  clock: Clock
  log: Log
  /** Readers of the event log look soon, when they are woken after a commit that appended. */
  eventLog: { wake(): void }
}
