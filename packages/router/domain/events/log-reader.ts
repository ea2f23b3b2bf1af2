import type { Place } from '../../store/event-reader.ts'
import type { EventId } from './cursor.ts'
import type { LoggedEvent, SubscriptionOptions } from './event-log.ts'

/** A subscription as the log keeps it. */
export interface Reader extends SubscriptionOptions {
  projectId: string
  onEvents: (events: readonly LoggedEvent[]) => void | Promise<void>
  onCut: () => void
  /** Undefined until it has one: from now on. */
  place: Place | undefined
  busy: boolean
  /** Passes when it was last called: a wake that came while it was busy is made up for. */
  calledIn: number
  closed: boolean
  ready: (from: EventId) => void
}
