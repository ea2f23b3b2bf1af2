import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { type SettableClock, settableClock } from '@xerotier/devkit/settable-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { openStore } from '../../store/database.ts'
import type { DeliveryRow } from '../../store/tables.ts'
import { write } from '../events/write.ts'
import type { Attempted, Send } from './attempt.ts'
import { enqueue, type NewDelivery } from './enqueue.ts'
import { removeOldDeliveries } from './keep.ts'
import { createOutbox } from './outbox.ts'
import { redeliver } from './redeliver.ts'

const actor = { kind: 'agent', id: 'agt_a', name: 'a', projectId: 'proj_a' } as const

async function setUp(t: TestContext) {
  const clock: SettableClock = settableClock()
  const { url, drop } = await cloneDatabase()
  const store = openStore(url, { connections: 10, clock: systemClock, onError() {} })
  const records = { store, clock, log: silentLog, eventLog: { wake() {} } }
  const closing: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const close of closing) {
      let closed = false
      const closing = close().then(() => {
        closed = true
      })
      while (!closed) await clock.advance(1_000)
      await closing
    }
    await store.close()
    await drop()
  })
  await store.pool.query(`insert into projects (id, slug, name, created_at) values ('proj_a', 'a', 'A', now())`)
  return {
    clock,
    records,
    open(send: Send) {
      const outbox = createOutbox(records, { send, chance: () => 0.5 })
      closing.push(() => outbox.close())
      return outbox
    },
    put: (lane: string, count = 1) =>
      write(records, (writing) =>
        enqueue(
          writing,
          Array.from({ length: count }, (_, n): NewDelivery => {
            return { projectId: 'proj_a', channelId: null, lane, eventId: `evt_${n}`, type: 'exec.failed', body: '{}' }
          }),
        ),
      ),
    rows: () => store.db.selectFrom('deliveries').selectAll().orderBy('id').execute(),
    count: async (state: string) =>
      Number((await store.pool.query('select count(*) from deliveries where state = $1', [state])).rows[0].count),
  }
}

/** Never ends, until it is told to. */
function hanging() {
  const ends: (() => void)[] = []
  const send = () =>
    new Promise<Attempted>((resolve) => ends.push(() => resolve({ delivered: false, error: 'it hung' })))
  return { send, ends }
}

test('ten thousand deliveries to a receiver that hangs do not delay those to another', async (t) => {
  const { open, put, count, rows } = await setUp(t)
  const dead = hanging()
  let mostAtOnce = 0
  const outbox = open(async ({ lane }) => {
    if (lane !== 'dead') return { delivered: true, status: 200 }
    const ended = dead.send()
    mostAtOnce = Math.max(mostAtOnce, dead.ends.length)
    return ended
  })
  await put('dead', limits.pendingDeliveriesPerReceiver)
  outbox.wake()
  await until('the receiver that hangs', () => dead.ends.length === limits.deliveriesAtOncePerReceiver || undefined)
  await put('zebra', 20)
  const from = performance.now()
  outbox.wake()
  await until('the other', async () => (await count('delivered')) === 20 || undefined)
  const tookMs = Math.round(performance.now() - from)
  t.diagnostic(`20 deliveries beside 10,000 that wait took ${tookMs} ms`)
  assert.equal(mostAtOnce, limits.deliveriesAtOncePerReceiver)
  assert.ok((await rows()).every(({ lane, state }) => (state === 'delivered') === (lane === 'zebra')))
  for (const end of dead.ends) end()
})

test('a receiver that fails is asked one at a time until it answers', async (t) => {
  const { open, put, count, rows, clock } = await setUp(t)
  let atOnce = 0
  let most = 0
  let answers = false
  const outbox = open(async () => {
    most = Math.max(most, ++atOnce)
    await new Promise(setImmediate)
    atOnce--
    return answers ? { delivered: true, status: 200 } : { delivered: false, error: 'it answered 500', status: 500 }
  })
  const allFailed = () =>
    until('failures', async () => (await rows()).every(({ attempts }) => attempts > 0) || undefined)
  await put('one')
  outbox.wake()
  await allFailed()
  most = 0
  await put('one', 30)
  outbox.wake()
  await allFailed()
  assert.equal(most, 1)
  answers = true
  await clock.advance(60_000)
  outbox.wake()
  await until('all of them', async () => (await count('delivered')) === 31 || undefined)
})

test('a delivery is tried six times, later and later, and is a dead letter then', async (t) => {
  const { open, put, rows, clock } = await setUp(t)
  const tries: number[] = []
  const outbox = open(async () => {
    tries.push(clock.now())
    return { delivered: false, error: 'it answered 503', status: 503 }
  })
  const from = clock.now()
  await put('one')
  outbox.wake()
  const noted = (attempts: number) =>
    until(`attempt ${attempts}`, async () => {
      const [row] = await rows()
      return row?.attempts === attempts ? row : undefined
    })
  let row: DeliveryRow | undefined
  const waits = [30, 120, 480, 1920, 7680].map((seconds) => seconds * 1000)
  for (const [index, wait] of waits.entries()) {
    row = await noted(index + 1)
    assert.equal(row.next_attempt_at.getTime() - clock.now(), wait)
    await clock.leap(wait)
    outbox.wake()
  }
  row = await noted(limits.deliveryAttempts)
  assert.deepEqual([row.state, row.last_error, row.last_status], ['exhausted', 'it answered 503', 503])
  assert.deepEqual(
    tries.map((at) => at - from),
    [0, 30, 150, 630, 2550, 10_230].map((seconds) => seconds * 1000),
  )
})

test('a receiver says when to ask again, and what cannot succeed is tried once', async (t) => {
  const { open, put, rows, clock } = await setUp(t)
  const outbox = open(async ({ lane }) =>
    lane === 'busy'
      ? { delivered: false, error: 'it answered 429', status: 429, retryAfterMs: 90_000 }
      : { delivered: false, error: 'its receiver was removed', final: true },
  )
  await put('busy')
  await put('gone')
  outbox.wake()
  const settled = await until('both', async () => {
    const all = await rows()
    return all.every(({ attempts }) => attempts === 1) ? all : undefined
  })
  const [busy, gone] = settled
  assert.equal(busy!.next_attempt_at.getTime() - clock.now(), 90_000)
  assert.deepEqual([gone!.state, gone!.last_error], ['exhausted', 'its receiver was removed'])
})

test('what was in hand when the router ended is sent again by the next, with the same ids', async (t) => {
  const { open, put, count } = await setUp(t)
  const sent: string[] = []
  const first = open(({ id, event_id }) => {
    sent.push(`${id} ${event_id}`)
    // As if the process had died before the answer came.
    return new Promise(() => {})
  })
  await put('one')
  first.wake()
  await until('the first', () => sent.length === 1 || undefined)
  const second = open(async ({ id, event_id }) => {
    sent.push(`${id} ${event_id}`)
    return { delivered: true, status: 200 }
  })
  second.wake()
  await until('the second', async () => (await count('delivered')) === 1 || undefined)
  assert.equal(sent.length, 2)
  assert.equal(sent[0], sent[1])
})

test('what comes when too many wait is a dead letter at once, and can be sent by hand', async (t) => {
  const { open, put, count, rows, records } = await setUp(t)
  await put('one', limits.pendingDeliveriesPerReceiver)
  await put('one', 2)
  assert.deepEqual([await count('pending'), await count('exhausted')], [limits.pendingDeliveriesPerReceiver, 2])
  const late = (await rows()).filter(({ state }) => state === 'exhausted')
  assert.match(late[0]?.last_error ?? '', /10000 deliveries wait for this receiver already/)
  await records.store.db.deleteFrom('deliveries').where('state', '=', 'pending').execute()
  const outbox = open(async () => ({ delivered: true, status: 200 }))
  const again = await redeliver({ ...records, outbox }, actor, late[0]!.id)
  assert.deepEqual([again.state, again.attempts, again.id], ['pending', 0, late[0]!.id])
  await until('it', async () => (await count('delivered')) === 1 || undefined)
  await assert.rejects(redeliver({ ...records, outbox }, { ...actor, projectId: 'proj_b' }, late[1]!.id), {
    code: 'delivery_not_found',
  })
})

test('a pending delivery cannot be asked for again', async (t) => {
  const { open, put, rows, records } = await setUp(t)
  await put('one')
  const [row] = await rows()
  const outbox = open(() => new Promise(() => {}))
  await assert.rejects(redeliver({ ...records, outbox }, actor, row!.id), { code: 'illegal_transition' })
})

test('deliveries are removed when their days are over, those that wait never', async (t) => {
  const { put, rows, records, clock } = await setUp(t)
  await put('delivered')
  await put('exhausted')
  await put('pending')
  const settled_at = new Date(clock.now())
  for (const state of ['delivered', 'exhausted'] as const) {
    await records.store.db.updateTable('deliveries').set({ state, settled_at }).where('lane', '=', state).execute()
  }
  const lanes = async () => (await rows()).map(({ lane }) => lane)
  const dayMs = 24 * 3_600_000
  clock.setWall(settled_at.getTime() + limits.deliveredDays * dayMs + 1)
  await removeOldDeliveries(records)
  assert.deepEqual(await lanes(), ['exhausted', 'pending'])
  clock.setWall(settled_at.getTime() + limits.deadLetterDays * dayMs + 1)
  await removeOldDeliveries(records)
  assert.deepEqual(await lanes(), ['pending'])
})
