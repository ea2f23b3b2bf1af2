// Readers of the one event log (law L8): ordered by (xid, seq), only below the oldest running transaction, so that no
// late committer is skipped.
import type { EventKind } from '@xerotier/protocol/events.ts'

/** `<xid>-<seq>`: the id of an event and the cursor of a stream. */
export type EventId = string

export interface LoggedEvent {
  id: EventId
  at: Date
  project_id: string
  kind: EventKind
  actor: string
  execution_id: string | null
  approval_id: string | null
  agent_id: string | null
  workspace_id: string | null
  data: Record<string, unknown>
}

export interface Subscription {
  close(): void
}

export interface EventLog {
  /** Something was committed: readers look soon. Cheap; coalesced. */
  wake(): void
  /**
   * Delivers the project's events after `after` (default: from now on), in order and without a gap. `onEvents` may return a
   * promise to slow the reader down.
   */
  subscribe(
    projectId: string,
    after: EventId | undefined,
    onEvents: (events: LoggedEvent[]) => void | Promise<void>,
  ): Subscription
  close(): void
}
