// A follower is a named reader of the events of all projects. Its place is a row, so that it goes
// on where it stopped after a restart. What reacts to events stands on one, and never on a hook
// in the path of a call.
//
// It reads as every reader of the log does (law L8), and each batch at least once. The place moves
// by compare-and-set on who holds it: of two followers of one name, the later one takes it.
import { randomUUID } from 'node:crypto'
import { createNap } from '@xerotier/runtime/nap.ts'
import type { RawBuilder } from 'kysely'
import { type EventRow, type Place, readEvents, readSpan, type SpanOfEvents } from '../../store/event-reader.ts'
import { countEventsAfter, heldPlace, timeOfEventAfter } from '../../store/followers.ts'
import type { Records } from '../records.ts'
import { eventIdOf, placeOf } from './cursor.ts'
import { type EventLog, type LoggedEvent, loggedEvent } from './event-log.ts'
import { movePlace, skipUnwanted, takePlace } from './follower-place.ts'
import { type Writing, write } from './write.ts'

interface FollowerOfAnyKind {
  /** Names the place in the database. Another name begins anew. */
  name: string
  /** Where one that has no place yet begins. */
  from: 'beginning' | 'present'
  /** How long after a wake it looks, and at the earliest again, ms; 20 unless somebody can wait. */
  coalesceMs?: number
  /**
   * Whether anybody wants to hear of events. What happens while nobody does is passed over unread:
   * reading costs as much as a quarter of the calls that are read of.
   */
  wanted?: RawBuilder<boolean>
  /** How many events it is given at once; 500 unless it is told otherwise. */
  batchMax?: number
}

/** Where events lie: behind `from`, up to and including `to`. */
export interface Span {
  from: Place
  to: Place
}

export type Follower = FollowerOfAnyKind &
  (
    | {
        /**
         * Writes in the transaction that moves the place: what it writes, it writes once. It waits
         * for the database alone, as an open transaction holds the log back for everybody.
         */
        write(writing: Writing, events: LoggedEvent[]): Promise<void>
      }
    | {
        /** The same for who works on the rows where they are: it is told where they lie. */
        over(writing: Writing, span: Span): Promise<void>
      }
    | {
        /** The place moves after it. After a death in between the same events come again. */
        react(events: LoggedEvent[]): Promise<void>
      }
  )

export interface FollowedRecords extends Records {
  eventLog: Pick<EventLog, 'wake' | 'onWake'>
}

export interface Following {
  readonly name: string
  /** Events that are still to be handled, counted up to 10,000. Undefined while it has no place. */
  eventsBehind(): Promise<number | undefined>
  /** Age of the oldest of them; 0 when there is none. Undefined while it has no place. */
  secondsBehind(): Promise<number | undefined>
  /** Resolves after the batch in hand. */
  stop(): Promise<void>
}

export interface FollowOptions {
  /** Called when a batch was not handled. */
  onFailure?: () => void
  batchMax?: number
  /** How often it looks without being woken, ms. */
  pollMs?: number
}

/** What it is given next. */
interface Batch extends SpanOfEvents {
  rows: EventRow[]
}

const behindMax = 10_000
const firstRetryMs = 1_000
const lastRetryMs = 60_000

export function follow(records: FollowedRecords, follower: Follower, options: FollowOptions = {}): Following {
  const { pollMs = 1_000, onFailure } = options
  const { coalesceMs = 20 } = follower
  const batchMax = options.batchMax ?? follower.batchMax ?? 500
  const { store, clock } = records
  const log = records.log.with({ follower: follower.name })
  const hold = { name: follower.name, holder: randomUUID() }
  let place: Place | undefined
  /** One after a failure: what stands before a bad event is handled, and the log names it. */
  let batch = batchMax
  let failures = 0
  /** A wake that finds nothing: an older transaction may hold the events back. Look again soon. */
  let emptyPasses = 0
  let stopping = false
  /** Nobody wants to hear, and nothing happened since that was found. */
  let skipping = false
  let quiet = false
  /** Somebody wants to, and is not asked again before this (monotonic). */
  let wantedUntil = Number.NEGATIVE_INFINITY
  const nap = createNap(clock)
  const wakes = records.eventLog.onWake(() => {
    emptyPasses = 0
    quiet = false
    if (failures === 0) nap.endIn(skipping ? pollMs : coalesceMs)
  })

  /** @returns whether nobody wants to hear of what happened so far */
  const skip = async (from: Place): Promise<boolean> => {
    const { wanted } = follower
    if (wanted === undefined || clock.monotonic() < wantedUntil) return false
    if (skipping && quiet) return true
    quiet = true
    const present = await write(records, (writing) => skipUnwanted(writing, hold, from, wanted))
    skipping = present !== undefined
    if (present === undefined) wantedUntil = clock.monotonic() + 10 * pollMs
    else place = present
    return skipping
  }

  const readBatch = async (from: Place): Promise<Batch | undefined> => {
    if ('over' in follower) {
      const span = await readSpan(store.pool, from, batch)
      return span && { ...span, rows: [] }
    }
    const rows = await readEvents(store.pool, from, batch)
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return undefined
    return { first: placeOf(first), last: placeOf(last), count: rows.length, rows }
  }

  /** @returns whether the place was still ours to move */
  const handle = async ({ rows, last: to }: Batch, from: Place): Promise<boolean> => {
    if ('react' in follower) {
      await follower.react(rows.map(loggedEvent))
      return write(records, (writing) => movePlace(writing, hold, from, to))
    }
    return write(records, async (writing) => {
      // First: it locks the row against another follower of this name.
      const ours = await movePlace(writing, hold, from, to)
      if (!ours) return false
      if ('over' in follower) await follower.over(writing, { from, to })
      else await follower.write(writing, rows.map(loggedEvent))
      return true
    })
  }

  /** @returns how long to wait before the next, ms; undefined when another has taken the place */
  const pass = async (): Promise<number | undefined> => {
    place ??= await write(records, (writing) => takePlace(writing, hold, follower.from))
    if (await skip(place)) return pollMs
    const from = place
    const found = await readBatch(from)
    if (found === undefined) {
      failures = 0
      return Math.min(pollMs, coalesceMs * 2 ** Math.min(emptyPasses++, 10))
    }
    emptyPasses = 0
    try {
      if (await handle(found, from)) place = found.last
      // A commit whose answer was lost moved it, or somebody else has it now.
      else place = await heldPlace(store.db, hold)
    } catch (error) {
      batch = 1
      onFailure?.()
      const about = { error, failures: ++failures, first: eventIdOf(found.first), last: eventIdOf(found.last) }
      log.error(about, 'a follower could not handle events; it tries again')
      return Math.min(lastRetryMs, firstRetryMs * 2 ** (failures - 1))
    }
    if (place === undefined) return undefined
    failures = 0
    const full = found.count === batch
    batch = Math.min(batchMax, batch * 2)
    return full ? 0 : coalesceMs
  }

  const run = async () => {
    while (!stopping) {
      const wait = await pass().catch((error) => {
        log.warning({ error }, 'a follower cannot read the event log; it tries again')
        return firstRetryMs
      })
      if (wait === undefined) return log.warning({}, 'another follower of this name has taken over; this one ends')
      if (wait > 0 && !stopping) await nap.take(wait)
    }
  }
  const ended = run().finally(() => wakes.close())

  return {
    name: follower.name,
    eventsBehind: async () => place && countEventsAfter(store.pool, place, behindMax),
    async secondsBehind() {
      if (place === undefined) return undefined
      const oldest = await timeOfEventAfter(store.pool, place)
      return oldest === undefined ? 0 : Math.max(0, clock.now() - oldest.getTime()) / 1000
    },
    stop() {
      stopping = true
      nap.end()
      return ended
    },
  }
}
