// Readers who lie far back, served apart from those who are up to date: a page each in turn, and a
// few at a time, as each page is also built and written.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { type Place, readMissed } from '../../store/event-reader.ts'
import { compareCursors, placeOf } from './cursor.ts'
import { type LoggedEvent, loggedEvent } from './event-log.ts'
import type { LogConnection } from './log-connection.ts'
import type { Reader } from './log-reader.ts'

export interface Missed {
  /** It is idle, and stands at no page that is remembered. */
  add(reader: Reader): void
  remove(reader: Reader): void
  close(): void
}

export interface MissedOptions {
  connection: LogConnection
  clock: Clock
  log: Log
  /** Up to where: everybody who is up to date stands there. */
  until(): Place | undefined
  /** Resolves when the reader has taken them in and goes on; undefined when it has at once. */
  give(reader: Reader, events: readonly LoggedEvent[]): Promise<void> | undefined
  /** From memory, if it can. */
  goOn(reader: Reader): void
}

const pageSize = 1000
/** Readers who may be taking in a page at a time. */
const atATime = 8
const retryMs = 500

export function serveMissed({ connection, clock, log, until, give, goOn }: MissedOptions): Missed {
  /** In turn. */
  const waiting = new Set<Reader>()
  /** Whose page is being read. */
  const reading = new Set<Reader>()
  let workers = 0
  let closed = false

  async function serve(reader: Reader): Promise<void> {
    const end = until()
    const { projectId, executionId, place } = reader
    if (end === undefined || place === undefined || reader.closed) return
    const options = { projectId, executionId, after: place, until: end, pageSize }
    reading.add(reader)
    const { rows, upTo } = await readMissed(await connection.get(), options).finally(() => reading.delete(reader))
    if (reader.closed) return
    // The very place of the others, from where it goes on with what they were given since.
    reader.place = compareCursors(upTo, end) >= 0 ? end : placeOf(upTo)
    const taken = rows.length === 0 ? undefined : give(reader, rows.map(loggedEvent))
    if (taken === undefined) goOn(reader)
    else await taken
  }

  async function work(): Promise<void> {
    for (const reader of waiting) {
      waiting.delete(reader)
      try {
        await serve(reader)
      } catch (error) {
        if (closed) return
        log.warning({ error }, 'what readers have missed cannot be read; trying again')
        connection.drop()
        clock.after(retryMs, () => add(reader))
      }
    }
  }

  function add(reader: Reader): void {
    if (closed || reader.closed || reading.has(reader)) return
    waiting.add(reader)
    if (workers >= atATime) return
    workers += 1
    void work().finally(() => {
      workers -= 1
    })
  }

  return {
    add,
    remove: (reader) => void waiting.delete(reader),
    close() {
      closed = true
      waiting.clear()
      connection.drop()
    },
  }
}
