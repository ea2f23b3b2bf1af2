import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startPostgresProxy } from '@xerotier/devkit/faults/postgres-proxy.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { becomeActive, Overtaken, workingConnections } from './active-router.ts'
import { migrate } from './store/migrate.ts'

const terminate = async (url: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'xerotier-router-active' and datname = current_database()",
  )
  await client.end()
}

/** Locks of this database only: other tests have others in the same cluster. */
const inThis = (sql: string) => `${sql} and database = (select oid from pg_database where datname = current_database())`

test('a second router stands by until the first lets go', async () => {
  const { url } = await cloneDatabase()
  const first = await becomeActive(url, systemClock, silentLog)
  let active = false
  const second = becomeActive(url, systemClock, silentLog).then((router) => {
    active = true
    return router
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(active, false)
  await first.release()
  await (await second).release()
})

test('a router whose connection breaks takes the lock again', async () => {
  const { url } = await cloneDatabase()
  const router = await becomeActive(url, systemClock, silentLog)
  await terminate(url)
  // Only the lock itself can tell: once it is held again, nobody else gets it.
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query(
      inThis(`select count(*)::int as held from pg_locks where locktype = 'advisory'`),
    )
    await client.end()
    if (rows[0].held === 1) break
  }
  await router.release()
})

test('a router that another one overtook while its connection was broken is told so', async () => {
  const { url } = await cloneDatabase()
  const overtaken = await becomeActive(url, systemClock, silentLog)
  const other = new pg.Client({ connectionString: url, application_name: 'other' })
  await other.connect()
  // It queues for the lock, so it has it the moment the first connection is gone.
  const locked = other.query(
    inThis(`select pg_advisory_lock(objid::bigint) from pg_locks where locktype = 'advisory' and granted`),
  )
  const watch = new pg.Client({ connectionString: url })
  await watch.connect()
  while ((await watch.query(inThis(`select 1 from pg_locks where not granted`))).rowCount === 0);
  await watch.end()
  await terminate(url)
  await locked
  await overtaken.lost
  await overtaken.release()
  await other.end()
})

const application = 'xerotier-router-active'
/** Backends that hold a lock in this database. */
async function holders(url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    inThis(`select pid from pg_locks where locktype = 'advisory' and granted`),
  )
  await client.end()
  return rows.map(({ pid }) => pid)
}

test('a router whose connection went silent notices, and takes the lock from its own old backend', async (t) => {
  const { url } = await cloneDatabase()
  const proxy = await startPostgresProxy(url)
  t.after(() => proxy.close())
  const router = await becomeActive(proxy.url, systemClock, silentLog)
  const [before] = await holders(url)
  proxy.silence(application)
  await until('another backend to hold the lock', async () => {
    const [holder] = await holders(url)
    return holder !== undefined && holder !== before ? true : undefined
  })
  let lost = false
  void router.lost.then(() => {
    lost = true
  })
  await router.release()
  assert.equal(lost, false)
})

/** An active router, and what takes its lock away without its hearing of it. */
async function losable(t: TestContext) {
  const { url } = await cloneDatabase()
  const proxy = await startPostgresProxy(url)
  t.after(() => proxy.close())
  const router = await becomeActive(proxy.url, systemClock, silentLog)
  const lose = async () => {
    proxy.silence(application)
    await terminate(url)
  }
  return { url, router, lose }
}

test('a router that another one overtook while its connection was silent is told so', async (t) => {
  const { url, router: overtaken, lose } = await losable(t)
  await lose()
  const other = await becomeActive(url, systemClock, silentLog)
  await overtaken.lost
  await overtaken.release()
  assert.equal((await holders(url)).length, 1)
  await other.release()
})

test('a takeover ends the working connections of the router before, and confirms no new one of it', async (t) => {
  const { url, router: overtaken, lose } = await losable(t)
  const connected = async (name: string) => {
    const client = new pg.Client({ connectionString: url, application_name: name })
    const ended = new Promise<void>((resolve) => client.on('end', resolve))
    client.on('error', () => {})
    await client.connect()
    t.after(() => client.end().catch(() => {}))
    return { client, ended }
  }
  const working = await Promise.all(Object.values(workingConnections).map(connected))
  const reading = await connected('xerotier-events')
  for (const { client } of working) await overtaken.confirm(client)

  await lose()
  const other = await becomeActive(url, systemClock, silentLog)
  await Promise.all(working.map(({ ended }) => ended))
  await assert.rejects(overtaken.confirm(reading.client), Overtaken)
  await other.confirm(reading.client)
  await overtaken.lost
  await Promise.all([overtaken.release(), other.release()])
})

test('a router that gets the lock back after another one was active is told so', async (t) => {
  const { url, router: overtaken, lose } = await losable(t)
  await lose()
  await (await becomeActive(url, systemClock, silentLog)).release()
  await overtaken.lost
  await overtaken.release()
})

test('what is prepared under the lock and fails leaves the lock to others', async () => {
  const { url } = await cloneDatabase()
  const failing = () => Promise.reject(new Error('no such migration'))
  await assert.rejects(becomeActive(url, systemClock, silentLog, failing), /no such migration/)
  await (await becomeActive(url, systemClock, silentLog)).release()
})

test('a router whose answer comes late while it takes the lock again has one connection in the end', async () => {
  const { url } = await cloneDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await migrate(url)
  let taken = 0
  const log = { ...silentLog, notice: () => void taken++ }
  const router = await becomeActive(url, systemClock, log)
  const backends = async () => {
    const { rows } = await client.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'xerotier-router-active' and datname = current_database()",
    )
    return rows.map(({ pid }) => pid)
  }
  const [before] = await backends()
  // Whether its tenure stands cannot be asked.
  await client.query('begin')
  await client.query('lock table active_router in access exclusive mode')
  await terminate(url)
  const other = new pg.Client({ connectionString: url })
  await other.connect()
  const waiting = await until('a connection that waits', async () => {
    const { rows } = await other.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'xerotier-router-active' and wait_event_type = 'Lock' and datname = current_database()",
    )
    return rows[0]?.pid
  })
  assert.notEqual(waiting, before)
  // Its answer is late; the next one asks in vain as well.
  await until('another', async () => {
    const { rows } = await other.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'xerotier-router-active' and wait_event_type = 'Lock' and datname = current_database()",
    )
    return rows.some(({ pid }) => pid !== waiting) ? true : undefined
  })
  await other.end()
  await client.query('commit')
  await until('the lock', () => (taken > 0 ? true : undefined))
  const [held] = await backends()
  // Whatever else there was has had its turn.
  const asked = performance.now()
  await until('two seconds', () => (performance.now() - asked > 2_000 ? true : undefined))
  assert.deepEqual([await backends(), taken], [[held], 1])
  await router.release()
  await client.end()
})
