import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { pause } from '@xerotier/devkit/faults/pause.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { type Place, presentPlace, readMissed } from '../../store/event-reader.ts'
import { compareCursors } from './cursor.ts'
import type { EventLog, LoggedEvent } from './event-log.ts'
import { createEventLog } from './reader.ts'

let url: string
let log: EventLog
let db: pg.Pool

before(async () => {
  url = (await cloneDatabase()).url
  db = new pg.Pool({ connectionString: url, max: 20 })
  db.on('error', () => {})
  log = createEventLog({ databaseUrl: url, clock: systemClock, log: silentLog, pollMs: 50 })
})
after(async () => {
  log.close()
  await db.end()
})

const insert = `insert into events (at, project_id, kind, actor, execution_id, data) values (now(), $1, 'agent.updated', $2, $3, '{}')`
const append = (project: string, actor: string, executionId: string | null = null) =>
  db.query(insert, [project, actor, executionId])

/** A reader that gathers, and a promise of the first `count` events. */
function gather(
  project: string,
  count: number,
  options: Parameters<EventLog['subscribe']>[1] = {},
  slow?: () => Promise<void>,
) {
  const events: LoggedEvent[] = []
  const { promise, resolve } = Promise.withResolvers<LoggedEvent[]>()
  const onEvents = (batch: readonly LoggedEvent[]) => {
    events.push(...batch)
    if (events.length >= count) resolve(events)
    return slow?.()
  }
  const subscription = log.subscribe(project, options, onEvents, () => {})
  return { events, all: promise, ready: subscription.ready, close: () => subscription.close() }
}
const actors = (events: readonly LoggedEvent[]) => events.map((event) => event.actor)

test('no reader loses an event to writers that commit late and out of order', { timeout: 180_000 }, async () => {
  const writers = 16
  const rounds = 40
  const live = gather('proj_busy', writers * rounds)
  await live.ready
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const client = await db.connect()
      for (let round = 0; round < rounds; round++) {
        await client.query('begin')
        await client.query(insert, ['proj_busy', `${writer}-${round}`, null])
        // The transaction stays open while others, begun later, commit.
        await client.query('select pg_sleep(random() * 0.01)')
        await client.query('commit')
        log.wake()
      }
      client.release()
    }),
  )
  const seen = actors(await live.all)
  live.close()
  assert.equal(seen.length, writers * rounds)
  assert.equal(new Set(seen).size, writers * rounds)

  const replay = gather('proj_busy', writers * rounds, { after: '0-0' })
  assert.deepEqual(actors(await replay.all), seen)
  replay.close()
})

test('an event is held back while an older transaction runs, and comes once that has ended', async () => {
  const reader = gather('proj_held', 2)
  await reader.ready
  const slow = await db.connect()
  await slow.query('begin')
  await slow.query(insert, ['proj_held', 'first', null])
  await append('proj_held', 'second')
  log.wake()
  // Another project's reader proves that passes go on meanwhile.
  const other = gather('proj_held_other', 1, { everyWake: true })
  await other.ready
  assert.deepEqual(reader.events, [])
  await slow.query('commit')
  slow.release()
  log.wake()
  assert.deepEqual(actors(await reader.all), ['first', 'second'])
  reader.close()
  other.close()
})

test('a reader resumes after the event that it names, without a gap', async () => {
  const first = gather('proj_resume', 3)
  await first.ready
  for (const actor of ['a', 'b', 'c']) await append('proj_resume', actor)
  log.wake()
  const [a] = await first.all
  first.close()
  await append('proj_resume', 'd')
  const second = gather('proj_resume', 3, { after: a!.id })
  assert.deepEqual(actors(await second.all), ['b', 'c', 'd'])
  second.close()
})

test('a reader that resumes after the last event of all is up to date at once', { timeout: 180_000 }, async () => {
  const first = gather('proj_last', 1)
  await first.ready
  await append('proj_last', 'a')
  log.wake()
  const [last] = await first.all
  const told = Promise.withResolvers<readonly LoggedEvent[]>()
  const options = { after: last!.id, everyWake: true }
  const second = log.subscribe('proj_last', options, told.resolve, () => {})
  assert.deepEqual(await told.promise, [])
  first.close()
  second.close()
})

test('a reader gets its own project and, if it wants, one execution only', async () => {
  const execution = '01980000-0000-7000-8000-000000000001'
  const reader = gather('proj_mine', 1, { executionId: execution })
  const all = gather('proj_mine', 2)
  await Promise.all([reader.ready, all.ready])
  await append('proj_other', 'x')
  await append('proj_mine', 'y')
  await append('proj_mine', 'z', execution)
  log.wake()
  assert.deepEqual(actors(await reader.all), ['z'])
  assert.deepEqual(actors(await all.all), ['y', 'z'])
  reader.close()
  all.close()
})

/**
 * The present, once all that was appended so far lies before it: a transaction in any database of
 * the cluster holds it back.
 */
async function visible(client: pg.Client): Promise<Place> {
  const { rows } = await client.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot()) as next')
  return until('what was appended to be visible', async () => {
    const place = await presentPlace(client)
    return BigInt(place.xid) >= BigInt(rows[0]?.next ?? 0) ? place : undefined
  })
}

test('a page of what a reader has missed ends after so many events of all projects', async () => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const from = await visible(client)
  await db.query(
    "insert into events (at, project_id, kind, actor, data) select now(), 'proj_loud', 'agent.updated', 'x', '{}' from generate_series(1, 25)",
  )
  await append('proj_quiet', 'alone')
  const end = await visible(client)
  const pages: string[][] = []
  for (let after = from; compareCursors(after, end) < 0; ) {
    const page = await readMissed(client, {
      projectId: 'proj_quiet',
      executionId: undefined,
      after,
      until: end,
      pageSize: 10,
    })
    pages.push(page.rows.map((row) => row.actor))
    after = page.upTo
  }
  await client.end()
  assert.deepEqual(pages, [[], [], ['alone']])
})

test('more readers than get a page in one pass all catch up', { timeout: 180_000 }, async () => {
  const from = await gather('proj_many', 0).ready
  for (const actor of ['one', 'two']) await append('proj_many', actor)
  const readers = Array.from({ length: 40 }, () => gather('proj_many', 2, { after: from }))
  for (const reader of readers) {
    assert.deepEqual(actors(await reader.all), ['one', 'two'])
    reader.close()
  }
})

test('a reader that names a place still to come begins now', { timeout: 180_000 }, async () => {
  const up = gather('proj_future', 0)
  await up.ready
  const reader = gather('proj_future', 1, { after: '999999999999-1' })
  // The pass that serves the newcomer after it has served this one.
  await gather('proj_future', 0).ready
  await append('proj_future', 'now')
  assert.deepEqual(actors(await reader.all), ['now'])
  reader.close()
  up.close()
})

test('what happens between the opening of a stream and the next pass is not missed', { timeout: 180_000 }, async () => {
  const clock = settableClock()
  const still = createEventLog({ databaseUrl: url, clock, log: silentLog })
  const reader = (actor: string) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const onEvents = (events: readonly LoggedEvent[]) => void (actors(events).includes(actor) && resolve())
    return { ready: still.subscribe('proj_newcomer', {}, onEvents, () => {}).ready, has: promise }
  }
  /** Moves time until then. */
  const pass = async (until: Promise<unknown>) => {
    let over = false
    const done = until.then(() => {
      over = true
    })
    while (!over) await clock.advance(20)
    await done
  }
  const first = reader('first')
  await pass(first.ready)
  await append('proj_newcomer', 'first')
  await pass(first.has)
  // No pass goes on now, and none begins before time moves.
  const newcomer = reader('just now')
  await append('proj_newcomer', 'just now')
  await pass(newcomer.has)
  still.close()
})

test('a slow reader holds up nobody and misses nothing', async () => {
  const gate = Promise.withResolvers<void>()
  const slow = gather('proj_slow', 2500, {}, () => gate.promise)
  const quick = gather('proj_slow', 2500)
  await Promise.all([slow.ready, quick.ready])
  await append('proj_slow', 'opener')
  log.wake()
  await db.query(
    `insert into events (at, project_id, kind, actor, data) select now(), 'proj_slow', 'agent.updated', n::text, '{}' from generate_series(1, 2499) n`,
  )
  log.wake()
  const seen = actors(await quick.all)
  assert.ok(slow.events.length < 2500)
  gate.resolve()
  assert.deepEqual(actors(await slow.all), seen)
  slow.close()
  quick.close()
})

test('a reader that was busy for a while goes on from memory and asks no database', { timeout: 180_000 }, async () => {
  const gate = Promise.withResolvers<void>()
  const busy = gather('proj_memory', 20, {}, () => gate.promise)
  const quick = gather('proj_memory', 20)
  await Promise.all([busy.ready, quick.ready])
  for (let n = 0; n < 20; n++) {
    await append('proj_memory', String(n))
    log.wake()
    // Each in a page of its own.
    while (quick.events.length <= n) await new Promise(setImmediate)
  }
  assert.ok(busy.events.length < 20)
  /** When a page of what a reader has missed was last read. */
  const lastMissed = async () => {
    const { rows } = await db.query<{ at: string | null }>(
      `select max(query_start)::text as at from pg_stat_activity where application_name = 'xerotier-events'
         and datname = current_database() and query like '%(xid, seq) <= %'`,
    )
    return rows[0]?.at
  }
  const before = await lastMissed()
  gate.resolve()
  assert.deepEqual(actors(await busy.all), actors(await quick.all))
  assert.equal(await lastMissed(), before)
  busy.close()
  quick.close()
})

test('a reader that throws or rejects is cut and told so, and the others go on', { timeout: 180_000 }, async () => {
  const refuse = () => {
    throw new Error('no')
  }
  const broken = [refuse, async () => refuse()].map((onEvents) => {
    const { promise: cut, resolve } = Promise.withResolvers<void>()
    const { ready } = log.subscribe('proj_throw', {}, onEvents, resolve)
    return { cut, ready }
  })
  const reader = gather('proj_throw', 2)
  await Promise.all([reader, ...broken].map(({ ready }) => ready))
  await append('proj_throw', 'a')
  await append('proj_throw', 'b')
  log.wake()
  assert.deepEqual(actors(await reader.all), ['a', 'b'])
  await Promise.all(broken.map(({ cut }) => cut))
  reader.close()
})

test('a lost connection is made anew and nothing is missed', async () => {
  const reader = gather('proj_cut', 2)
  await reader.ready
  await append('proj_cut', 'a')
  await db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'xerotier-events' and datname = current_database()`,
  )
  await append('proj_cut', 'b')
  assert.deepEqual(actors(await reader.all), ['a', 'b'])
  reader.close()
})

test('a cursor that is none is refused', () => {
  const ignore = () => {}
  assert.throws(() => log.subscribe('proj_x', { after: 'yesterday' }, ignore, ignore), { code: 'invalid_request' })
})

test('a wall clock that is set back an hour while a stream is open holds no event back', {
  timeout: 180_000,
}, async () => {
  const clock = settableClock()
  const own = createEventLog({ databaseUrl: url, clock, log: silentLog })
  const seen: LoggedEvent[] = []
  const stream = own.subscribe('proj_set_back', {}, (events) => void seen.push(...events), assert.fail)
  /** A second of the clock's, in steps between which the database answers. */
  const second = async () => {
    for (let ms = 0; ms < 1000; ms += 200) {
      await clock.advance(200)
      await db.query('select 1')
    }
  }
  try {
    await until('a place in the log', async () => {
      await clock.advance(20)
      return Promise.race([stream.ready.then(() => true), db.query('select 1').then(() => undefined)])
    })
    // Idle for a while: it looks less and less often.
    for (let seconds = 0; seconds < 2; seconds++) await second()
    await append('proj_set_back', 'late')
    clock.setWall(clock.now() - 3_600_000)
    own.wake()
    // It may look a few times before the database answers it; an hour would be 3,600.
    for (let seconds = 0; seconds < 60 && seen.length === 0; seconds++) {
      await second()
      await pause(10)
    }
    assert.deepEqual(actors(seen), ['late'])
  } finally {
    own.close()
  }
})
