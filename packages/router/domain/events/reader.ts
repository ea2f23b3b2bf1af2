// The one reader of the log in this process. One query at a time reads what is new, for all.
//
// It holds one place for all who are up to date, and each reader its own. Who was busy is given the
// pages that it missed from memory. Who lies further back, because it resumes or is slow, is served
// pages of its own by another connection (missed.ts), until it stands at a page that is remembered.
// So a month that somebody has missed silences nobody.
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { type Place, presentPlace, readEvents } from '../../store/event-reader.ts'
import { compareCursors, cursorOf, type EventId, eventIdOf } from './cursor.ts'
import type { EventLog, LoggedEvent } from './event-log.ts'
import { openLogConnection } from './log-connection.ts'
import type { Reader } from './log-reader.ts'
import { serveMissed } from './missed.ts'
import { createRecentPages, pageOf } from './recent-pages.ts'

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
const reconnectMs = 500
/**
 * Each write to a reader costs as much as many events: the more readers there are, the longer a
 * pass waits for more events. Of a quarter of a second that an event may take, half is for that.
 */
const readersAMs = 1.6
const longestCoalesceMs = 120

export function createEventLog(options: EventLogOptions): EventLog {
  const { clock, log, databaseUrl } = options
  const pollMs = options.pollMs ?? 1000
  const readers = new Set<Reader>()
  const onWakes = new Set<() => void>()
  const connection = openLogConnection(databaseUrl)
  const recent = createRecentPages()
  /** Where every reader who is up to date stands; undefined while nobody reads. */
  let common: Place | undefined
  let lastPass = Number.NEGATIVE_INFINITY
  let passing = false
  let woken = false
  let closed = false
  /** A wake that finds nothing: an older transaction may hold the events back. */
  let emptyPasses = 0
  let passes = 0

  const coalesceMs = () => Math.max(options.coalesceMs ?? 20, Math.min(longestCoalesceMs, readers.size / readersAMs))
  const alarm = createAlarm(clock, () => void pass())
  const schedule = (ms: number) => {
    if (!closed && readers.size > 0) alarm.within(ms)
  }
  const missed = serveMissed({
    connection: openLogConnection(databaseUrl),
    clock,
    log,
    until: () => common,
    give,
    goOn,
  })

  function forget(reader: Reader): void {
    reader.closed = true
    readers.delete(reader)
    missed.remove(reader)
    if (readers.size > 0) return
    alarm.cancel()
    if (!passing) rest()
  }
  function rest(): void {
    common = undefined
    recent.clear()
  }

  /** @returns when the reader has taken them in, if not at once */
  function give(reader: Reader, events: readonly LoggedEvent[]): Promise<void> | undefined {
    if (reader.closed || (events.length === 0 && reader.everyWake !== true)) return undefined
    reader.calledIn = passes
    try {
      const answer = reader.onEvents(events)
      if (!(answer instanceof Promise)) return undefined
      reader.busy = true
      return answer.then(
        () => {
          reader.busy = false
          goOn(reader)
        },
        (error) => cut(reader, error),
      )
    } catch (error) {
      cut(reader, error)
      return undefined
    }
  }
  function cut(reader: Reader, error: unknown): void {
    if (reader.closed) return
    forget(reader)
    log.warning({ error, project_id: reader.projectId }, 'a reader of the event log failed and was cut')
    reader.onCut()
  }

  /** Gives a reader the pages that it missed, while it has time for them. */
  function goOn(reader: Reader): void {
    while (!reader.closed && !reader.busy && reader.place !== undefined && reader.place !== common) {
      const page = recent.after(reader.place)
      if (page === undefined) return missed.add(reader)
      reader.place = page.to
      give(reader, page.of(reader.projectId, reader.executionId))
    }
    const isIdle = !reader.closed && !reader.busy && reader.place === common
    if (isIdle && reader.everyWake === true && passes > reader.calledIn) schedule(coalesceMs())
  }

  /**
   * Newcomers stand where the others do, before what is read now: what happens once a stream is
   * open is not missed. So does who names a place to come, of a database that was put back.
   */
  function seat(present: Place): void {
    for (const reader of readers) {
      const { place } = reader
      if (place === present) continue
      if (place === undefined || compareCursors(place, present) >= 0) {
        reader.place = present
        reader.ready(eventIdOf(present))
      } else if (!reader.busy && recent.after(place) === undefined) missed.add(reader)
    }
  }

  /** @returns how many events there were */
  async function readNew(from: Place): Promise<number> {
    const upToDate = [...readers].filter((reader) => reader.place === from)
    const page = pageOf(from, await readEvents(await connection.get(), from, pageSize))
    if (page.size > 0) {
      recent.add(page)
      common = page.to
    }
    for (const reader of upToDate) {
      if (reader.busy) continue
      if (page.size > 0) goOn(reader)
      else give(reader, page.of(reader.projectId, reader.executionId))
    }
    return page.size
  }

  async function pass(): Promise<void> {
    if (passing || closed || readers.size === 0) return
    passing = true
    woken = false
    passes++
    lastPass = clock.monotonic()
    let next = pollMs
    try {
      common ??= await presentPlace(await connection.get())
      seat(common)
      const found = await readNew(common)
      emptyPasses = found === 0 ? emptyPasses + 1 : 0
      next = found === pageSize ? 0 : Math.min(pollMs, coalesceMs() * 2 ** Math.min(emptyPasses, 10))
    } catch (error) {
      if (!closed) log.warning({ error }, 'the event log cannot be read; trying again')
      connection.drop()
      next = reconnectMs
    } finally {
      passing = false
    }
    if (readers.size === 0) rest()
    schedule(woken ? coalesceMs() : next)
  }

  return {
    wake() {
      woken = true
      emptyPasses = 0
      for (const onWake of onWakes) onWake()
      if (!passing) schedule(Math.max(0, lastPass + coalesceMs() - clock.monotonic()))
    },
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
          forget(reader)
          resolve('0-0')
        },
      }
    },
    close() {
      closed = true
      alarm.cancel()
      for (const reader of readers) {
        reader.closed = true
        reader.ready('0-0')
      }
      readers.clear()
      missed.close()
      connection.drop()
    },
  }
}

/** A timer that only ever comes sooner. */
function createAlarm(clock: Clock, ring: () => void) {
  let timer: Timer | undefined
  let dueAt = Number.POSITIVE_INFINITY
  const cancel = () => {
    timer?.cancel()
    timer = undefined
    dueAt = Number.POSITIVE_INFINITY
  }
  return {
    cancel,
    within(ms: number) {
      const at = clock.monotonic() + ms
      if (timer !== undefined && dueAt <= at) return
      cancel()
      dueAt = at
      timer = clock.after(ms, () => {
        cancel()
        ring()
      })
    },
  }
}
