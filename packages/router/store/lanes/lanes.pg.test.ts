import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { newUuid } from '../../domain/ids.ts'
import { planGuard } from './connection.ts'
import { itemOf } from './items.fixture.ts'
import { type CommitLanes, openLanes } from './lanes.ts'
import { partNames, parts, type Settlement, type Submission } from './parts.ts'
import { statementFor } from './statement.ts'

let url: string
let lanes: CommitLanes
let db: pg.Client

before(async () => {
  url = (await cloneDatabase()).url
  lanes = await openLanes({ databaseUrl: url, lanes: 2, patienceMs: 5_000, clock: systemClock, log: silentLog })
  db = new pg.Client({ connectionString: url })
  // The database is dropped under it at the end.
  db.on('error', () => {})
  await db.connect()
})
after(async () => {
  await lanes.close()
  await db.end()
})

const at = new Date('2026-01-01T00:00:00.123Z')

const fence = { agent_id: 'agt_1', attempt: 1, lease_epoch: 7 }

/** Dispatched at once. */
const submission = (changes: Partial<Submission> = {}) =>
  itemOf('submit', { ...fence, project_id: 'proj_1', state: 'dispatched', idempotency_key: null, ...changes })

const settlement = (id: string, changes: Partial<Settlement> = {}) =>
  itemOf('settle', { ...fence, id, state: 'completed', ...changes })

const acceptance = (id: string) => itemOf('accept', { ...fence, id })

const stateOf = async (id: string) =>
  (await db.query('select state from executions where id = $1', [id])).rows[0]?.state
const kindsOf = async (id: string) =>
  (await db.query('select kind from events where execution_id = $1 order by xid, seq', [id])).rows.map(
    (row) => row.kind,
  )

test('a call is stored with its event, accepted and settled, each once', async () => {
  const item = submission()
  assert.equal(await lanes.commit('submit', item), true)
  // Both at once: the second waits for the first although two lanes are free.
  const both = await Promise.all([
    lanes.commit('accept', acceptance(item.id)),
    lanes.commit('settle', settlement(item.id)),
  ])
  assert.deepEqual(both, [true, true])
  assert.equal(await stateOf(item.id), 'completed')
  assert.deepEqual(await kindsOf(item.id), ['execution.dispatched', 'execution.running', 'execution.completed'])
  assert.equal(
    await lanes.commit('settle', settlement(item.id, { state: 'failed' })),
    false,
    'a second answer is fenced',
  )
  assert.equal(await stateOf(item.id), 'completed')
})

test('a stale attempt or lease epoch changes nothing', async () => {
  const item = submission()
  await lanes.commit('submit', item)
  assert.equal(await lanes.commit('settle', settlement(item.id, { attempt: 2 })), false)
  assert.equal(await lanes.commit('settle', settlement(item.id, { lease_epoch: 6 })), false)
  assert.equal(await lanes.commit('settle', settlement(item.id, { agent_id: 'agt_2' })), false)
  assert.equal(await lanes.commit('accept', { ...acceptance(item.id), lease_epoch: 6 }), false)
  assert.equal(await stateOf(item.id), 'dispatched')
})

test('an idempotency key is taken once among many concurrent submits', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      lanes.commit('submit', submission({ idempotency_key: 'same', request_digest: 'x' })),
    ),
  )
  assert.equal(answers.filter(Boolean).length, 1)
})

test('one item that the database refuses fails alone', async () => {
  const good = Array.from({ length: 20 }, () => submission())
  const bad = submission({ args: '{"a":"\\u0000"}' })
  const all = [...good.slice(0, 10), bad, ...good.slice(10)]
  const answers = await Promise.allSettled(all.map((item) => lanes.commit('submit', item)))
  assert.equal(answers.filter((answer) => answer.status === 'rejected').length, 1)
  assert.equal(answers[10]?.status, 'rejected')
  for (const item of good) assert.equal(await stateOf(item.id), 'dispatched')
})

test('a number that its column cannot hold fails alone and at once', async (t) => {
  // Its clock stands still: what is taken for a lost connection is waited for, here without an end.
  const own = await openLanes({ databaseUrl: url, lanes: 2, patienceMs: 5_000, clock: settableClock(), log: silentLog })
  t.after(() => own.close())
  const good = [submission(), submission()]
  const bad = [submission({ timeout_ms: 2 ** 40 }), submission({ attempt: 2 ** 33 })]
  const answers = await Promise.allSettled([...bad, ...good].map((item) => own.commit('submit', item)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled', 'fulfilled'],
  )
})

test('the same idempotency keys in opposite orders do not make the lanes wait for each other', async () => {
  const args = JSON.stringify({ a: 'x'.repeat(20_000) })
  const deadlocks = async () => {
    await db.query('select pg_stat_clear_snapshot()')
    const { rows } = await db.query('select deadlocks from pg_stat_database where datname = current_database()')
    return Number(rows[0].deadlocks)
  }
  for (let round = 0; round < 5; round++) {
    const items = Array.from({ length: 200 }, (_, n) =>
      submission({ args, idempotency_key: `k${round}-${n}`, request_digest: 'x' }),
    )
    const again = items.map((item) => submission({ ...item, id: newUuid(Date.now()) })).reverse()
    const commit = (item: Submission) => lanes.commit('submit', item)
    const first = items.slice(0, 100).map(commit)
    await new Promise((resolve) => setImmediate(resolve))
    const answers = await Promise.all([...first, ...again.map(commit), ...items.slice(100).map(commit)])
    assert.equal(answers.filter(Boolean).length, 200)
  }
  assert.equal(await deadlocks(), 0)
})

test('output is stored in one batch with the result, and a repeated piece is harmless', async () => {
  const item = submission()
  await lanes.commit('submit', item)
  const piece = (seq: number) => ({ id: item.id, attempt: 1, seq, stream: 1, at, data: Buffer.from([seq, 0, 255]) })
  await Promise.all(
    [0, 1, 1, 2].map((seq) => lanes.commit('output', piece(seq))).concat(lanes.commit('settle', settlement(item.id))),
  )
  const { rows } = await db.query('select seq, data from execution_output where execution_id = $1 order by seq', [
    item.id,
  ])
  assert.deepEqual(
    rows,
    [0, 1, 2].map((seq) => ({ seq, data: Buffer.from([seq, 0, 255]) })),
  )
})

test('large output is stored as it is, and its call settles behind it', async () => {
  const item = submission()
  await lanes.commit('submit', item)
  const sizes = [10, 65_536, 8 * 1024, 65_536, 1, 65_535]
  const pieces = sizes.map((size, seq) => ({ id: item.id, attempt: 1, seq, stream: 1, at, data: randomBytes(size) }))
  const stored: number[] = []
  const commits = pieces.map((piece) => lanes.commit('output', piece).then(() => stored.push(piece.seq)))
  await lanes.commit('settle', settlement(item.id))
  assert.deepEqual(
    stored,
    pieces.map(({ seq }) => seq),
  )
  await Promise.all(commits)
  const { rows } = await db.query('select data from execution_output where execution_id = $1 order by seq', [item.id])
  assert.deepEqual(
    rows,
    pieces.map(({ data }) => ({ data })),
  )
  assert.equal(await stateOf(item.id), 'completed')
  assert.equal(lanes.depth + lanes.outputDepth, 0)
})

test('a call is stored while megabytes of output wait for their commit', async () => {
  const [printing, other] = [submission(), submission()]
  await lanes.commit('submit', printing)
  await db.query('begin; lock table execution_output in access exclusive mode')
  const data = Buffer.alloc(65_536)
  const pieces = Array.from({ length: 64 }, (_, seq) =>
    lanes.commit('output', { id: printing.id, attempt: 1, seq, stream: 1, at, data }),
  )
  assert.equal(await lanes.commit('submit', other), true)
  assert.equal(await lanes.commit('settle', settlement(other.id)), true)
  assert.equal(lanes.outputDepth, pieces.length)
  await db.query('commit')
  await Promise.all(pieces)
})

test('a thousand mixed calls over two lanes all arrive', async () => {
  const items = Array.from({ length: 1000 }, () => submission())
  await Promise.all(
    items.map(async (item) => {
      assert.equal(await lanes.commit('submit', item), true)
      const [, settled] = await Promise.all([
        lanes.commit('accept', acceptance(item.id)),
        lanes.commit('settle', settlement(item.id)),
      ])
      assert.equal(settled, true)
    }),
  )
  const { rows } = await db.query('select count(*)::int as n from executions where state = $1 and id = any($2)', [
    'completed',
    items.map((item) => item.id),
  ])
  assert.equal(rows[0].n, 1000)
})

test('the database refuses an illegal move whoever asks', async () => {
  const item = submission()
  await lanes.commit('submit', item)
  await assert.rejects(db.query("update executions set state = 'rejected' where id = $1", [item.id]), { code: 'XE001' })
  await assert.rejects(
    db.query(
      "insert into executions select (jsonb_populate_record(e, jsonb_build_object('id', $2::text, 'state', 'completed'))).* from executions e where id = $1",
      [item.id, newUuid(Date.now())],
    ),
    { code: 'XE001' },
  )
  await assert.rejects(db.query('delete from events where execution_id = $1', [item.id]), { code: 'XE002' })
})

test('items wait for a database that comes back, and nothing is stored twice', async () => {
  const item = submission()
  await lanes.commit('submit', item)
  await db.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'xerotier-router-lane' and datname = current_database()",
  )
  const answers = await Promise.all([
    lanes.commit('settle', settlement(item.id)),
    ...Array.from({ length: 20 }, () => lanes.commit('submit', submission())),
  ])
  assert.ok(answers.every(Boolean))
  assert.deepEqual(await kindsOf(item.id), ['execution.dispatched', 'execution.completed'])
})

test('no item waits longer than it may for a database that stays away, and closing does not wait for it', async () => {
  const away = await cloneDatabase()
  const options = { lanes: 2, patienceMs: 300, clock: systemClock, log: silentLog }
  const waiting = await openLanes({ databaseUrl: away.url, ...options })
  const name = new URL(away.url).pathname.slice(1)
  await db.query(`alter database "${name}" allow_connections false`)
  await db.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  const commit = () => waiting.commit('submit', submission())
  const first = [commit(), commit()]
  // One lane takes these, the other the next, and nobody the last.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  const second = commit()
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  const answers = await Promise.allSettled([...first, second, commit()])
  assert.deepEqual(
    answers.map((answer) => answer.status),
    ['rejected', 'rejected', 'rejected', 'rejected'],
  )
  await waiting.close()
  await db.query(`alter database "${name}" allow_connections true`)
  await away.drop()
})

test('every mix of parts finds its rows by index', async () => {
  const client = new pg.Client({ connectionString: url, options: planGuard })
  await client.connect()
  try {
    for (const [names, alone] of [
      [['claim'], false],
      [['accept'], false],
      [['settle'], false],
      [['submit', 'settle'], false],
      [partNames, false],
      [['claim'], true],
      [['accept'], true],
      [['settle'], true],
    ] as [typeof partNames, boolean][]) {
      const { name, text } = statementFor(new Set(names), alone)
      await client.query(`prepare ${name} as ${text}`)
      const parameters = names.flatMap((part) => parts[part].columns.map(() => (alone ? 'null' : "'{}'"))).join(', ')
      const { rows } = await client.query(`explain execute ${name}(${parameters})`)
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      const updates = names.filter((part) => parts[part].updates).length
      assert.equal(
        plan.match(/Index Cond: \(id = (?:s(?:_\d+)?\.id|\$\d+)\)/g)?.length ?? 0,
        updates,
        `${names}: ${plan}`,
      )
      assert.doesNotMatch(plan, /Seq Scan on executions/)
    }
  } finally {
    await client.end()
  }
})
