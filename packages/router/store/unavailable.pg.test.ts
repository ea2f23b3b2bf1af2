import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import pg from 'pg'
import { answersInTime } from './in-time.ts'
import { runPrepared } from './lanes/query.ts'
import { isUnavailable } from './unavailable.ts'

const opened: pg.Client[] = []
let url: string
before(async () => {
  url = (await cloneDatabase()).url
})
after(() => Promise.all(opened.map((client) => client.end())))

async function connected(config: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, ...config })
  client.on('error', () => {})
  await client.connect()
  opened.push(client)
  return client
}

/** How it failed. */
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  )

test('a query without an answer in time, in the pool or on a lane', async () => {
  const client = answersInTime(await connected(), 50)
  assert.ok(isUnavailable(await failure(client.query('select pg_sleep(1)'))))
  const sleep = { name: 'sleep', text: 'select pg_sleep(1)' }
  assert.ok(isUnavailable(await failure(runPrepared(answersInTime(await connected(), 50), sleep, []))))
})

test('a server that takes connections and says nothing', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const client = new pg.Client({ host: '127.0.0.1', port, connectionTimeoutMillis: 50 })
  assert.ok(isUnavailable(await failure(client.connect())))
})

test('a statement that the server gives up', async () => {
  const client = await connected({ statement_timeout: 20 })
  assert.ok(isUnavailable(await failure(client.query('select pg_sleep(1)'))))
})

test('a deadlock', async () => {
  const [one, other] = [await connected(), await connected()]
  await one.query('begin; lock table projects')
  await other.query('begin; lock table agents')
  const results = await Promise.allSettled([one.query('lock table agents'), other.query('lock table projects')])
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  assert.equal(failures.length, 1)
  assert.ok(isUnavailable(failures[0]))
})

test('a query that is wrong is not for want of a database', async () => {
  const client = await connected()
  assert.equal(isUnavailable(await failure(client.query('select nothing'))), false)
  assert.equal(isUnavailable(await failure(client.query('select 1/0'))), false)
})
