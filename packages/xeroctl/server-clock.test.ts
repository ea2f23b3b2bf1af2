import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { agent, approval, page } from './records.fixture.ts'
import { envFor, xeroctl } from './run.fixture.ts'

const heartbeat = Date.parse('2026-05-01T11:59:54.000Z')

test('how long ago something was is said as of the time of printing, not of the start', async (t) => {
  let now = heartbeat - 2_000
  const server = await scriptedServer((_, response) => {
    now = heartbeat + 3_000
    json(response, 200, page(agent))
  })
  t.after(() => server.close())
  const { stdout } = await xeroctl(t, ['agents'], { env: envFor(server), surroundings: { now: () => now } })
  assert.match(stdout, / 3s ago\n$/)
})

test('what has happened is never of the future; a deadline is', async (t) => {
  const late = { ...agent, last_heartbeat_at: new Date(heartbeat + 2_000).toISOString() }
  for (const [record, words, told] of [
    [late, ['agents'], / now\n$/],
    [approval(), ['approvals', 'list'], / in 12m 6s\n$/],
  ] as const) {
    const server = await scriptedServer((_, response) => json(response, 200, page(record)))
    t.after(() => server.close())
    assert.match((await xeroctl(t, words, { env: envFor(server), now: heartbeat })).stdout, told)
  }
})

test('times are relative to the clock of the router where this host’s is off, and status says so', async (t) => {
  const routersNow = new Date(heartbeat + 10_000).toUTCString()
  const server = await scriptedServer(({ path }, response) => {
    const body = path.includes('healthz')
      ? { status: 'ok', version: '1' }
      : path.includes('readyz')
        ? ready
        : page(agent)
    json(response, 200, body, { date: routersNow })
  })
  t.after(() => server.close())
  const hourBehind = { env: envFor(server), now: heartbeat - 3_600_000 }
  assert.match((await xeroctl(t, ['agents'], hourBehind)).stdout, / 1[01]s ago\n$/)
  assert.match((await xeroctl(t, ['status'], hourBehind)).stdout, /^Clock: +this host is 1h behind the router$/m)
  const right = { env: envFor(server), now: heartbeat + 10_900 }
  assert.match((await xeroctl(t, ['agents'], right)).stdout, / 11s ago\n$/)
  assert.doesNotMatch((await xeroctl(t, ['status'], right)).stdout, /Clock/)
})

const ready = { status: 'ready', checks: { postgres: 'ok' } }
