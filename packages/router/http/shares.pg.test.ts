// What one caller can take of the connections to the database.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { after, before, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type ApiForTests, startApiForTests } from './api.fixture.ts'

let api: ApiForTests
before(async () => {
  api = await startApiForTests()
})
after(() => api.stop())

interface Asked {
  key: string
  method?: string
  body?: unknown
}

/** The status of the answer. */
async function ask(from: string, path: string, { key, method = 'GET', body }: Asked): Promise<number | undefined> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' }
  const sent = request(api.url + path, { method, headers, localAddress: from, agent: false })
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  answer?.resume()
  return answer?.statusCode
}

/** Requests that change the project wait until the answer is called. */
async function holdProject(): Promise<() => Promise<void>> {
  const client = await api.core.store.pool.connect()
  await client.query('begin')
  await client.query('select from projects where id = $1 for no key update', [api.projectId])
  return async () => {
    await client.query('commit')
    client.release()
  }
}

/** Until so many connections wait for the project. */
function waitFor(count: number): Promise<number> {
  return until(`${count} connections that wait`, async () => {
    const { rowCount } = await api.core.store.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rowCount !== null && rowCount >= count ? rowCount : undefined
  })
}

test('whatever one caller waits for, others of its project and of another get a connection', async () => {
  const colleague = await api.makeKey({})
  const other = await api.makeProject('other')
  const letGo = await holdProject()
  const change = { key: api.key, method: 'PATCH', body: { name: 'Acme' } }
  const greedy = Array.from({ length: 100 }, () => ask('127.0.0.2', '/acme/v1/management/project', change))
  await waitFor(5)
  const answers = [
    await ask('127.0.0.3', '/acme/v1/management/agents', { key: colleague.key }),
    await ask('127.0.0.4', '/other/v1/management/agents', { key: other.key }),
    await ask('127.0.0.4', '/readyz', { key: 'none' }),
  ]
  await letGo()
  assert.deepEqual(answers, [200, 200, 200])
  // On a slow machine some waited longer than anybody may before the project was let go.
  for (const status of await Promise.all(greedy)) assert.ok(status === 200 || status === 429, `${status}`)
})

test('who waits too long for its own share is told so, and not that the database is away', async () => {
  const letGo = await holdProject()
  const change = { key: api.key, method: 'PATCH', body: { name: 'Acme' } }
  const greedy = Array.from({ length: 20 }, () => ask('127.0.0.2', '/acme/v1/management/project', change))
  await waitFor(5)
  const refused = await Promise.race(greedy)
  await letGo()
  assert.equal(refused, 429)
  // On a slow machine somebody came later, and was let in when the project was.
  const ends = await Promise.all(greedy)
  assert.ok(ends.filter((status) => status === 200).length >= 5)
  assert.deepEqual(new Set(ends), new Set([200, 429]))
})
