import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { sql } from 'kysely'
import pg from 'pg'
import { openStore } from '../../store/database.ts'
import { router } from '../actor.ts'
import type { LoggedEvent } from './event-log.ts'
import { type Follower, type FollowOptions, follow } from './follow.ts'
import { createEventLog } from './reader.ts'
import { write } from './write.ts'

const insert = `insert into events (at, project_id, kind, actor, data) values (now(), $1, 'agent.updated', $2, '{}')`

/** A database of the test's own, and what a follower stands on. */
async function database(t: TestContext, clock: Clock = systemClock) {
  const { url, drop } = await cloneDatabase()
  const lines: Record<string, unknown>[] = []
  const log = createLog({
    level: 'info',
    name: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  })
  const store = openStore(url, { connections: 20, clock: systemClock, onError() {} })
  const eventLog = createEventLog({ databaseUrl: url, clock, log })
  const core = { store, eventLog, clock, log }
  const stops: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const stop of stops) await stop()
    eventLog.close()
    await store.close()
    await drop()
  })
  await store.pool.query('create table notes (id text, actor text, by text)')
  return {
    url,
    lines,
    core,
    pool: store.pool,
    append: (...actors: string[]) => Promise.all(actors.map((actor) => store.pool.query(insert, ['proj_a', actor]))),
    follow(follower: Follower, options: FollowOptions = {}) {
      const following = follow(core, follower, { pollMs: 50, ...options })
      stops.push(() => following.stop())
      return following
    },
    notes: async () =>
      (await store.pool.query<{ actor: string }>('select actor from notes')).rows.map(({ actor }) => actor),
    place: async (name: string) =>
      (await store.pool.query(`select xid || '-' || seq as id from followers where name = $1`, [name])).rows[0]?.id,
  }
}

/** Gathers what a handler is given; `all` resolves with the first `count`. */
function gather(count: number) {
  const events: LoggedEvent[] = []
  const { promise: all, resolve } = Promise.withResolvers<LoggedEvent[]>()
  return {
    events,
    all,
    async react(batch: LoggedEvent[]) {
      events.push(...batch)
      if (events.length >= count) resolve(events)
    },
  }
}
const actors = (events: LoggedEvent[]) => events.map(({ actor }) => actor)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n))

/** Writes a note for each event, with its move. */
const noting = (name: string, by = name): Follower => ({
  name,
  from: 'beginning',
  async write({ tx }, events) {
    for (const { id, actor } of events) await sql`insert into notes values (${id}, ${actor}, ${by})`.execute(tx)
  },
})

test('a follower sees the events of all projects, in order, whenever their writers commit', async (t) => {
  const { pool, core, follow } = await database(t)
  const writers = 16
  const rounds = 40
  const live = gather(writers * rounds)
  follow({ name: 'live', from: 'beginning', react: live.react }, { batchMax: 50 })
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const client = await pool.connect()
      for (let round = 0; round < rounds; round++) {
        await client.query('begin')
        await client.query(insert, [`proj_${writer % 3}`, `${writer}-${round}`])
        // The transaction stays open while others, begun later, commit.
        await client.query('select pg_sleep(random() * 0.01)')
        await client.query('commit')
        core.eventLog.wake()
      }
      client.release()
    }),
  )
  const seen = await live.all
  assert.equal(new Set(seen.map(({ id }) => id)).size, writers * rounds)
  assert.equal(seen.length, writers * rounds)
  const { rows } = await pool.query(`select xid || '-' || seq as id from events order by xid, seq`)
  assert.deepEqual(
    seen.map(({ id }) => id),
    rows.map(({ id }) => id),
  )
})

test('a new follower begins at the beginning or at the present, as it says', async (t) => {
  const { append, follow, place, pool } = await database(t)
  await append('before')
  // A transaction in any database of the cluster holds the present back.
  await until('the present to be after it', async () => {
    const past = 'select max(xid) < pg_snapshot_xmin(pg_current_snapshot()) as past from events'
    return (await pool.query<{ past: boolean }>(past)).rows[0]?.past || undefined
  })
  const all = gather(2)
  const later = gather(1)
  follow({ name: 'all', from: 'beginning', react: all.react })
  follow({ name: 'later', from: 'present', react: later.react })
  await until('the follower', async () => (await place('later')) !== undefined || undefined)
  await append('after')
  assert.deepEqual(actors(await all.all), ['before', 'after'])
  assert.deepEqual(actors(await later.all), ['after'])
})

test('a follower goes on where it stopped', async (t) => {
  const { append, follow } = await database(t)
  const first = gather(2)
  const following = follow({ name: 'again', from: 'beginning', react: first.react })
  await append('a')
  await append('b')
  await first.all
  await following.stop()
  await append('c')
  const second = gather(1)
  follow({ name: 'again', from: 'beginning', react: second.react })
  assert.deepEqual(actors(await second.all), ['c'])
})

test('a commit of the same process wakes a follower', async (t) => {
  const { core, follow } = await database(t)
  const seen = gather(1)
  follow({ name: 'woken', from: 'beginning', coalesceMs: 5, react: seen.react }, { pollMs: 1 << 30 })
  await write(core, async ({ append }) => append({ project_id: 'p', kind: 'agent.updated', actor: router }))
  assert.deepEqual(actors(await seen.all), ['router'])
})

test('what was handled and not noted when the process died is handled again', { timeout: 180_000 }, async (t) => {
  const { url, append, follow, place } = await database(t)
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-follow-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const actor of range(0, 20)) await append(actor)
  await append('last')
  const child = fork(new URL('./follow-killed.fixture.ts', import.meta.url), [url, join(folder, 'notes')])
  await new Promise((resolve) => child.once('message', resolve))
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))

  const reacted = readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n')
  assert.deepEqual(reacted, [...range(0, 20), 'last'])
  assert.notEqual(await place('killed'), '0-0')
  const second = gather(1)
  follow({ name: 'killed', from: 'beginning', react: second.react })
  assert.deepEqual(actors(await second.all), ['last'])
})

test('what a follower writes with its move is there once, however often its connection breaks', async (t) => {
  const { pool, append, follow, notes } = await database(t)
  for (const actor of range(0, 30)) await append(actor)
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const note = noting('broken')
  let breaks = 0
  follow({
    ...note,
    async write(writing, events) {
      if (!('write' in note)) return
      await note.write(writing, events)
      if (breaks++ < 2) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(writing.tx)
      if (events.some(({ actor }) => actor === '29')) resolve()
    },
  })
  await done
  // Its own transaction has still to commit.
  await until('the notes', async () => (await notes()).length >= 30 || undefined)
  assert.deepEqual(await notes(), range(0, 30))
  assert.equal((await pool.query('select from notes')).rowCount, 30)
})

test('of two followers of one name the later one goes on alone', async (t) => {
  const { pool, append, follow, notes, lines } = await database(t)
  const first = follow(noting('one', 'first'), { batchMax: 2 })
  await append('0')
  await until('the notes', async () => (await notes()).length >= 1 || undefined)
  const second = follow(noting('one', 'second'), { batchMax: 2 })
  for (const actor of range(1, 200)) await append(actor)
  await until('the notes', async () => (await notes()).length >= 200 || undefined)
  assert.deepEqual(await notes(), range(0, 200))
  const { rows } = await pool.query('select distinct by from notes where actor::int > 100')
  assert.deepEqual(rows, [{ by: 'second' }])
  assert.ok(lines.some(({ msg }) => /another follower of this name/.test(String(msg))))
  assert.equal(await first.eventsBehind(), undefined)
  assert.equal(await second.eventsBehind(), 0)
})

test('a move whose answer was lost is found again', async (t) => {
  const { pool, append, follow } = await database(t)
  await append('a')
  const seen: string[] = []
  const { promise: both, resolve } = Promise.withResolvers<void>()
  follow({
    name: 'lost',
    from: 'beginning',
    async react(events) {
      seen.push(...actors(events))
      if (seen.length === 1) {
        await pool.query('update followers set (xid, seq) = (select xid, seq from events)')
        await append('b')
      } else resolve()
    },
  })
  await both
  assert.deepEqual(seen, ['a', 'b'])
})

test('a handler that throws gets the same again, later and later, and is named with the event', async (t) => {
  const clock = settableClock()
  const { append, follow, lines } = await database(t, clock)
  for (const actor of range(0, 20)) await append(actor)
  const handled: string[] = []
  let tries: string[][] = []
  let tried = Promise.withResolvers<void>()
  let failures = 0
  const react = async (events: LoggedEvent[]) => {
    tries.push(actors(events))
    tried.resolve()
    if (actors(events).includes('12')) throw new Error('not this one')
    handled.push(...actors(events))
  }
  follow(
    { name: 'poisoned', from: 'beginning', react },
    {
      onFailure: () => {
        failures++
      },
    },
  )
  /** Moves time by steps until the handler is called again. */
  const again = async () => {
    const { promise } = tried
    let over = false
    const end = promise.then(() => {
      over = true
    })
    for (; !over; await new Promise(setImmediate)) await clock.advance(10)
    await end
    tried = Promise.withResolvers<void>()
  }
  await again()
  while (!(tries.at(-1)?.length === 1 && tries.at(-1)?.[0] === '12')) await again()
  assert.deepEqual(handled, range(0, 12))

  const before = failures
  while (failures < before + 3) await again()
  tries = []
  const from = clock.now()
  await again()
  assert.ok(clock.now() - from >= 8_000, `tried again after ${clock.now() - from} ms`)
  assert.deepEqual(tries, [['12']])
  const last = lines.findLast(({ msg }) => /could not handle/.test(String(msg)))
  assert.equal(last?.follower, 'poisoned')
  assert.equal(last?.first, last?.last)
  assert.equal(JSON.stringify(last?.error).includes('not this one'), true)
})

test('a stop waits for the batch in hand, and its place is kept', async (t) => {
  const { append, follow } = await database(t)
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const following = follow({
    name: 'stopped',
    from: 'beginning',
    async react() {
      begun.resolve()
      await gate.promise
    },
  })
  await append('a')
  await begun.promise
  let stopped = false
  const stop = following.stop().then(() => {
    stopped = true
  })
  await new Promise(setImmediate)
  assert.equal(stopped, false)
  gate.resolve()
  await stop
  assert.equal(await following.eventsBehind(), 0)
})

test('a follower says how far behind it is', async (t) => {
  const { pool, append, follow } = await database(t)
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const following = follow({
    name: 'behind',
    from: 'beginning',
    async react() {
      begun.resolve()
      await gate.promise
    },
  })
  await pool.query(
    `insert into events (at, project_id, kind, actor, data) values (now() - interval '1 minute', 'p', 'agent.updated', 'x', '{}')`,
  )
  await begun.promise
  await append('a', 'b')
  assert.equal(await following.eventsBehind(), 3)
  const seconds = (await following.secondsBehind()) ?? 0
  assert.ok(seconds >= 60 && seconds < 120, `${seconds} s`)
  gate.resolve()
  await until('the follower', async () => (await following.eventsBehind()) === 0 || undefined)
  assert.equal(await following.secondsBehind(), 0)
})

test('a long transaction elsewhere holds a follower back, and it counts as behind', async (t: TestContext) => {
  const { url, append, follow } = await database(t)
  const seen = gather(2)
  const slow = new pg.Client({ connectionString: url })
  slow.on('error', () => {})
  await slow.connect()
  await slow.query('begin')
  await slow.query(insert, ['proj_a', 'first'])
  await append('second')
  const following = follow({ name: 'held', from: 'beginning', react: seen.react })
  await until('the follower', async () => (await following.eventsBehind()) === 1 || undefined)
  assert.deepEqual(seen.events, [])
  await slow.query('commit')
  await slow.end()
  assert.deepEqual(actors(await seen.all), ['first', 'second'])
})

test('what happens while nobody wants to hear is passed over, and nothing after somebody does', async (t) => {
  const { append, core, follow, pool, place } = await database(t)
  await pool.query('create table listeners (name text)')
  const seen = gather(3)
  const wanted = sql<boolean>`exists (select from listeners)`
  await append('before')
  follow({ name: 'unwanted', from: 'beginning', wanted, react: seen.react })
  const placed = await until('the follower to be past it', async () => {
    const { rows } = await pool.query('select max(xid)::text as xid from events')
    core.eventLog.wake()
    const at = await place('unwanted')
    return at !== undefined && BigInt(at.split('-')[0]) > BigInt(rows[0].xid) ? at : undefined
  })
  assert.ok(placed)
  assert.deepEqual(seen.events, [])
  // A transaction that began before somebody listened, and is committed after it.
  const open = await pool.connect()
  await open.query('begin')
  await open.query(insert, ['proj_a', 'held'])
  await pool.query(`insert into listeners values ('one')`)
  await append('a', 'b')
  await open.query('commit')
  open.release()
  core.eventLog.wake()
  assert.deepEqual(actors(await seen.all).sort(), ['a', 'b', 'held'])
})
