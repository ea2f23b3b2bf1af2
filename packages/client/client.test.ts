import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { ApiError, ConnectionError } from './api-error.ts'
import { createClient } from './client.ts'
import { handTimers } from './hand-timers.fixture.ts'
import { json, refusal, scriptedServer } from './scripted-server.fixture.ts'

type Answer = Parameters<typeof scriptedServer>[0]

async function connected(t: TestContext, answer: Answer) {
  const server = await scriptedServer(answer)
  t.after(() => server.close())
  const timers = handTimers()
  const client = createClient({ baseUrl: server.baseUrl, apiKey: 'xero_demo_key', surroundings: timers })
  return { server, timers, client }
}

const submission = { body: { workspace: 'w', tool: 't' } }

test('a call carries the key and the body and answers the body', async (t) => {
  const { client, server } = await connected(t, (_, response) => json(response, 202, { id: 'exe_1' }))
  const execution = await client.call('invocations.submit', submission)
  assert.equal(execution.id, 'exe_1')
  assert.equal(server.seen[0]?.path, '/exec/invocations')
  assert.equal(server.seen[0]?.headers.authorization, 'Bearer xero_demo_key')
  assert.deepEqual(server.seen[0]?.body, submission.body)
})

test('the request id of an answer can be read', async (t) => {
  const { client } = await connected(t, (_, response) => json(response, 200, { id: 'a' }))
  const reply = await client.ask('agents.show', { params: { id: 'a' } })
  assert.deepEqual([reply.status, reply.requestId], [200, 'req-1'])
})

test('an error envelope becomes an ApiError with all that it says', async (t) => {
  const { client } = await connected(t, (_, response) => refusal(response, 400, 'invalid_arguments', { param: '/pid' }))
  await assert.rejects(client.call('invocations.submit', submission), (error) => {
    assert.ok(error instanceof ApiError)
    assert.deepEqual(
      [error.status, error.code, error.param, error.requestId],
      [400, 'invalid_arguments', '/pid', 'req-1'],
    )
    return true
  })
})

test('a page of a proxy becomes an ApiError without a code', async (t) => {
  const { client } = await connected(t, (_, response) => void response.writeHead(404).end('<html>nginx</html>'))
  await assert.rejects(
    client.call('agents.list'),
    (error) => error instanceof ApiError && error.code === null && error.status === 404,
  )
})

test('a read that is refused for a while is repeated after as long as the router says', async (t) => {
  const { client, server, timers } = await connected(t, (_, response) =>
    server.seen.length === 1
      ? refusal(response, 429, 'rate_limit_exceeded', { retry_after: 7 }, { 'retry-after': '7' })
      : json(response, 200, { data: [] }),
  )
  await client.call('agents.list')
  assert.equal(server.seen.length, 2)
  assert.ok(timers.asked.includes(7000), `waited ${timers.asked}`)
})

test('the retry strategy of the envelope shapes the waits', async (t) => {
  const retry_strategy = {
    type: 'exponential_backoff',
    initial_delay_ms: 1000,
    max_delay_ms: 30_000,
    multiplier: 3,
    jitter: false,
  }
  const { client, server, timers } = await connected(t, (_, response) =>
    server.seen.length < 3
      ? refusal(response, 429, 'capacity_exceeded', { retry_strategy })
      : json(response, 200, { data: [] }),
  )
  await client.call('agents.list')
  assert.deepEqual(
    timers.asked.filter((ms) => ms < 12_000),
    [1000, 3000],
  )
})

test('a router that asks for more patience than the policy has is not waited for', async (t) => {
  const { client, server } = await connected(t, (_, response) =>
    refusal(response, 429, 'rate_limit_exceeded', { retry_after: 600 }),
  )
  await assert.rejects(client.call('agents.list'), (error) => error instanceof ApiError && error.retryAfter === 600)
  assert.equal(server.seen.length, 1)
})

test('a write without an idempotency key is never repeated', async (t) => {
  const { client, server } = await connected(t, (_, response) => refusal(response, 503, 'backend_unavailable'))
  await assert.rejects(client.call('invocations.submit', submission), ApiError)
  assert.equal(server.seen.length, 1)
})

test('a submit with an idempotency key is repeated with the same key, also when its connection is cut', async (t) => {
  const { client, server } = await connected(t, (_, response) => {
    if (server.seen.length === 1) response.destroy()
    else json(response, 202, { id: 'exe_1' })
  })
  await client.call('invocations.submit', { ...submission, idempotencyKey: 'once' })
  assert.deepEqual(
    server.seen.map(({ headers }) => headers['idempotency-key']),
    ['once', 'once'],
  )
})

test('what the catalogue calls final is not repeated, though its status might be', async (t) => {
  const { client, server } = await connected(t, (_, response) => refusal(response, 504, 'execution_timeout'))
  await assert.rejects(client.call('agents.list'), ApiError)
  assert.equal(server.seen.length, 1)
})

test('an answer that does not come is a ConnectionError', async (t) => {
  const server = await scriptedServer(() => timers.runOut(30_000))
  t.after(() => server.close())
  const timers = handTimers()
  const client = createClient({
    baseUrl: server.baseUrl,
    surroundings: timers,
    retry: { retries: 0, longestWaitMs: 0 },
  })
  await assert.rejects(
    client.call('agents.list'),
    (error) => error instanceof ConnectionError && error.code === 'timeout',
  )
})

test('a router that is not there is a ConnectionError that says so', async (t) => {
  const { client, server } = await connected(t, () => {})
  await server.close()
  await assert.rejects(client.call('agents.list'), (error) => {
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /connection refused/)
    return true
  })
})

test('a redirect is not followed: the key stays here', async (t) => {
  const elsewhere = await scriptedServer((_, response) => json(response, 200, {}))
  t.after(() => elsewhere.close())
  const { client } = await connected(
    t,
    (_, response) => void response.writeHead(307, { location: elsewhere.baseUrl }).end(),
  )
  await assert.rejects(client.call('agents.list'), ApiError)
  assert.equal(elsewhere.seen.length, 0)
})

test('"not ready" is an answer, not an error', async (t) => {
  const { client } = await connected(t, (_, response) =>
    json(response, 503, { status: 'not_ready', checks: { database: 'failing' } }),
  )
  assert.equal((await client.call('health.ready')).status, 'not_ready')
})

test('an aborted call ends with the reason of its signal', async (t) => {
  const abort = new AbortController()
  const { client } = await connected(t, () => abort.abort(new Error('enough')))
  await assert.rejects(client.call('agents.list', { signal: abort.signal }), /enough/)
})

test('items walks all pages', async (t) => {
  const { client, server } = await connected(t, (request, response) => {
    const second = request.path.includes('after=b')
    json(response, 200, {
      data: second ? [{ id: 'c' }] : [{ id: 'a' }, { id: 'b' }],
      has_more: !second,
      last_id: second ? 'c' : 'b',
    })
  })
  const ids: string[] = []
  for await (const agent of client.items('agents.list', { query: { state: 'active' } })) ids.push(agent.id)
  assert.deepEqual(ids, ['a', 'b', 'c'])
  assert.ok(server.seen.every(({ path }) => path.includes('state=active')))
})

test('items stops at the number asked for', async (t) => {
  const { client, server } = await connected(t, (_, response) =>
    json(response, 200, { data: [{ id: 'a' }, { id: 'b' }], has_more: true, last_id: 'b' }),
  )
  const ids: string[] = []
  for await (const agent of client.items('agents.list', {}, 2)) ids.push(agent.id)
  assert.deepEqual([ids, server.seen.length], [['a', 'b'], 1])
})

test('bytes arrive as they are', async (t) => {
  const sent = Buffer.from([0, 255, 10, 13, 128])
  const { client } = await connected(t, (_, response) => void response.writeHead(200).end(sent))
  const { body } = await client.bytes('executions.raw', { params: { id: 'x' } })
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  assert.deepEqual(Buffer.concat(chunks), sent)
})

test('bytes that are cut in the middle are a ConnectionError for who reads them', async (t) => {
  let sending: ServerResponse | undefined
  const { client } = await connected(t, (_, response) => {
    sending = response
    response.writeHead(200).write('half')
  })
  const { body } = await client.bytes('executions.raw', { params: { id: 'x' } })
  const read = async () => {
    for await (const _ of body) sending?.destroy()
  }
  await assert.rejects(read, (error) => error instanceof ConnectionError && /was cut$/.test(error.message))
})

test('bytes that are aborted while they are read end with the reason of the signal', async (t) => {
  const abort = new AbortController()
  const { client } = await connected(t, (_, response) => void response.writeHead(200).write('half'))
  const { body } = await client.bytes('executions.raw', { params: { id: 'x' }, signal: abort.signal })
  const read = async () => {
    for await (const _ of body) abort.abort(new Error('enough'))
  }
  await assert.rejects(read, /^Error: enough$/)
})

test('a reader that stops reading bytes closes the connection', async (t) => {
  let closed: Promise<unknown> | undefined
  const { client } = await connected(t, (_, response) => {
    closed = once(response, 'close')
    response.writeHead(200).write('half')
  })
  const { body } = await client.bytes('executions.raw', { params: { id: 'x' } })
  for await (const _ of body) break
  await closed
})

test('an answer that is nested too deep is refused with a sentence', async (t) => {
  const levels = 100_000
  const { client } = await connected(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(`{"args":${'['.repeat(levels)}${']'.repeat(levels)}}`)
  })
  await assert.rejects(client.call('agents.show', { params: { id: 'a' } }), (error) => {
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /what http:\S+ answered is nested deeper than 512 levels/)
    return true
  })
})
