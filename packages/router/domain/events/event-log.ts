// Readers of the one event log (law L8). They read in the order of (xid, seq), and only below the
// oldest running transaction, so that no late committer is skipped.
import type { EventRow } from '../../store/event-reader.ts'
import { type EventId, eventIdOf } from './cursor.ts'

/** A row of the log; its place is its id. */
export type LoggedEvent = { id: EventId } & Omit<EventRow, 'xid' | 'seq'>

export function loggedEvent({ xid, seq, ...event }: EventRow): LoggedEvent {
  return { id: eventIdOf({ xid, seq }), ...event }
}

export interface Subscription {
  /**
   * Resolves once nothing that is committed from now on can be missed, to the id from where the
   * reader may resume.
   */
  readonly ready: Promise<EventId>
  close(): void
}

export interface SubscriptionOptions {
  /** Deliver events after this one; default: from now on. */
  after?: EventId | undefined
  /** Only events of this execution. */
  executionId?: string | undefined
  /** Call `onEvents` after every wake, also without events. */
  everyWake?: boolean
}

export interface EventLog {
  /** Something was committed: readers look soon. Cheap; coalesced. */
  wake(): void
  /** Calls back at each wake, until it is closed. */
  onWake(listener: () => void): { close(): void }
  /**
   * Delivers the project's events in order and without a gap. `onEvents` may return a promise to
   * slow the reader down. One that throws or rejects ends its subscription, and `onCut` is called
   * once: nothing more will come, and who still waits has to subscribe again.
   */
  subscribe(
    projectId: string,
    options: SubscriptionOptions,
    onEvents: (events: readonly LoggedEvent[]) => void | Promise<void>,
    onCut: () => void,
  ): Subscription
  close(): void
}
