// The one reader of the log in this process: its own connection, one query at a time, fan-out by project.
//
// It holds one place for all readers who are up to date, and each reader its own. A reader who resumes, or who is slow,
// lies behind: it is served pages of its own until it has caught up with the common place. As passes never overlap, the
// common place stands still meanwhile, so that nothing can fall between the two. Who is up to date comes first in a pass,
// and only so many of the others: a month that somebody has missed must not silence everybody.
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { type EventRow, type Place, presentPlace, readEvents, readMissed } from '../../store/event-reader.ts'
import { compareCursors, cursorOf, type EventId, eventIdOf, placeOf } from './cursor.ts'
import { type EventLog, type LoggedEvent, loggedEvent, type SubscriptionOptions } from './event-log.ts'

export interface EventLogOptions {
  databaseUrl: string
  clock: Clock
  log: Log
  /** How long after a wake the next pass begins at the earliest, ms. */
  coalesceMs?: number
  /** How often it looks without being woken: for commits of other routers, ms. */
  pollMs?: number
}

const pageSize = 1000
/** Readers who lie behind and get a page in one pass. */
const catchUpsAPass = 16
const reconnectMs = 500
const patienceMs = 10_000

interface Reader extends SubscriptionOptions {
  projectId: string
  onEvents: (events: LoggedEvent[]) => void | Promise<void>
  onCut: () => void
  /** Undefined until it has one: from now on. */
  place: Place | undefined
  busy: boolean
  /** Passes when it was last called: a wake that came while it was busy is made up for. */
  calledIn: number
  closed: boolean
  ready: (from: EventId) => void
}

export function createEventLog(options: EventLogOptions): EventLog {
  const { clock, log } = options
  const coalesceMs = options.coalesceMs ?? 20
  const pollMs = options.pollMs ?? 1000
  const readers = new Set<Reader>()
  const onWakes = new Set<() => void>()
  let client: pg.Client | undefined
  /** Where every reader who is up to date stands; undefined while nobody reads. */
  let common: Place | undefined
  let timer: Timer | undefined
  let dueAt = Number.POSITIVE_INFINITY
  let lastPass = Number.NEGATIVE_INFINITY
  let passing = false
  let woken = false
  let closed = false
  /** After a wake that found nothing an older transaction may still hold the events back: look again soon. */
  let emptyPasses = 0
  let passes = 0

  const schedule = (ms: number) => {
    if (closed || readers.size === 0) return
    const at = clock.monotonic() + ms
    if (timer !== undefined && dueAt <= at) return
    timer?.cancel()
    dueAt = at
    timer = clock.after(ms, () => {
      timer = undefined
      dueAt = Number.POSITIVE_INFINITY
      void pass()
    })
  }

  const connection = async (): Promise<pg.Client> => {
    if (client !== undefined) return client
    const fresh = new pg.Client({
      connectionString: options.databaseUrl,
      application_name: 'xerotier-events',
      // A server that neither answers nor hangs up must not silence every stream for good.
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
      keepAlive: true,
    })
    fresh.on('error', () => {
      if (client === fresh) client = undefined
    })
    await fresh.connect()
    client = fresh
    return fresh
  }

  const deliver = (reader: Reader, rows: EventRow[]) => {
    const mine = rows.filter(
      (row) =>
        row.project_id === reader.projectId &&
        (reader.executionId === undefined || row.execution_id === reader.executionId),
    )
    if (mine.length === 0 && reader.everyWake !== true) return
    reader.calledIn = passes
    let answer: void | Promise<void>
    try {
      answer = reader.onEvents(mine.map(loggedEvent))
    } catch (error) {
      return cut(reader, error)
    }
    if (!(answer instanceof Promise)) return
    reader.busy = true
    answer.then(
      () => {
        reader.busy = false
        if (reader.closed) return
        if (reader.place !== common) schedule(0)
        else if (reader.everyWake === true && passes > reader.calledIn) schedule(coalesceMs)
      },
      (error) => cut(reader, error),
    )
  }
  const cut = (reader: Reader, error: unknown) => {
    if (reader.closed) return
    reader.closed = true
    readers.delete(reader)
    log.warning({ error, project_id: reader.projectId }, 'a reader of the event log failed and was cut')
    reader.onCut()
  }

  /**
   * Newcomers stand where the others do, before what is read now: what happens once a stream is open is not missed. So does who
   * names a place that is still to come, of a database that was put back to an earlier day.
   */
  const seat = (present: Place) => {
    for (const reader of readers) {
      const { place } = reader
      if (place === present || (place !== undefined && compareCursors(place, present) <= 0)) continue
      reader.place = present
      reader.ready(eventIdOf(present))
    }
  }

  /** A page for each reader who lies behind, in turn; true when somebody still does. */
  const catchUp = async (link: pg.Client, until: Place): Promise<boolean> => {
    let behind = false
    let served = 0
    for (const reader of [...readers]) {
      if (reader.closed || reader.busy) continue
      // By value: who resumes, or whose page was full, names the common place without having it.
      const { projectId, executionId, place } = reader
      // Who came while this pass waits gets a place from the next.
      if (place === undefined) continue
      if (compareCursors(place, until) < 0) {
        if (served++ >= catchUpsAPass) {
          behind = true
          continue
        }
        const { rows, upTo } = await readMissed(link, { projectId, executionId, after: place, until, pageSize })
        if (reader.closed) continue
        reader.place = compareCursors(upTo, until) === 0 ? until : placeOf(upTo)
        behind ||= reader.place !== until
        if (rows.length > 0) deliver(reader, rows)
        // To the end of the line.
        if (!reader.closed) {
          readers.delete(reader)
          readers.add(reader)
        }
      } else reader.place = until
    }
    return behind
  }

  const live = async (link: pg.Client, from: Place): Promise<number> => {
    const upToDate = [...readers].filter((reader) => !reader.busy && !reader.closed && reader.place === from)
    const rows = await readEvents(link, from, pageSize)
    if (rows.length > 0) common = placeOf(rows.at(-1)!)
    for (const reader of upToDate) {
      reader.place = common
      if (!reader.closed) deliver(reader, rows)
    }
    return rows.length
  }

  const pass = async () => {
    if (passing || closed || readers.size === 0) return
    passing = true
    woken = false
    passes++
    lastPass = clock.monotonic()
    let next = pollMs
    try {
      const link = await connection()
      common ??= await presentPlace(link)
      seat(common)
      const found = await live(link, common)
      const behind = await catchUp(link, common)
      emptyPasses = found === 0 ? emptyPasses + 1 : 0
      if (behind || found === pageSize) next = 0
      else next = Math.min(pollMs, coalesceMs * 2 ** Math.min(emptyPasses, 10))
    } catch (error) {
      if (!closed) log.warning({ error }, 'the event log cannot be read; trying again')
      // Not awaited: the goodbye of a broken connection may never come.
      client?.end().catch(() => {})
      client = undefined
      next = reconnectMs
    } finally {
      passing = false
    }
    if (readers.size === 0) common = undefined
    schedule(woken ? coalesceMs : next)
  }

  const wake = () => {
    woken = true
    emptyPasses = 0
    for (const onWake of onWakes) onWake()
    if (!passing) schedule(Math.max(0, lastPass + coalesceMs - clock.monotonic()))
  }

  return {
    wake,
    onWake(listener) {
      onWakes.add(listener)
      return { close: () => void onWakes.delete(listener) }
    },
    subscribe(projectId, given, onEvents, onCut) {
      const { promise, resolve } = Promise.withResolvers<EventId>()
      const place = given.after === undefined ? undefined : cursorOf(given.after, 'Last-Event-ID')
      const state = { place, busy: false, calledIn: 0, closed: false, ready: resolve }
      const reader: Reader = { ...given, projectId, onEvents, onCut, ...state }
      readers.add(reader)
      if (given.after !== undefined) resolve(given.after)
      // A pass that goes on has given a place to those who came before it.
      woken = true
      schedule(0)
      return {
        ready: promise,
        close() {
          reader.closed = true
          readers.delete(reader)
          resolve('0-0')
          if (readers.size === 0) {
            timer?.cancel()
            timer = undefined
            dueAt = Number.POSITIVE_INFINITY
            if (!passing) common = undefined
          }
        },
      }
    },
    close() {
      closed = true
      timer?.cancel()
      for (const reader of readers) reader.ready('0-0')
      readers.clear()
      const last = client
      client = undefined
      last?.end().catch(() => {})
    },
  }
}
