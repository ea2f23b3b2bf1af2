// Headers that nothing may leave out: what a tool wrote is no page, an answer is not kept, and no
// other page holds it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { type RouteId, routeIds, routes } from '@xerotier/protocol/routes.ts'
import { newId } from '../../domain/ids.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
})
after(() => router.stop())

/** Documents that are the same for everybody. */
const kept: Partial<Record<RouteId, string>> = { 'openapi.read': 'public, max-age=' }

function assertHeaders(headers: Headers, what: string, cacheControl = 'no-store'): void {
  assert.equal(headers.get('x-content-type-options'), 'nosniff', what)
  assert.equal(headers.get('x-frame-options'), 'DENY', what)
  assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, what)
  assert.ok(headers.get('cache-control')?.startsWith(cacheControl), `${what}: ${headers.get('cache-control')}`)
}

for (const id of routeIds) {
  const { method, path } = routes[id]
  test(`${id} answers with all of them, whoever asks and whatever comes of it`, async () => {
    const url = router.url + path.replace(':project_id', 'acme').replace(/:[a-z_]+/g, 'something')
    for (const key of [router.key, undefined]) {
      const stop = new AbortController()
      const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
      const { status, headers } = await fetch(url, { method, headers: authorization, signal: stop.signal })
      // Streams would go on.
      stop.abort()
      assertHeaders(headers, `${status}`, status === 200 ? kept[id] : undefined)
    }
  })
}

test('what Postgres holds, a stream and its download carry them all', async () => {
  const { body } = await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })
  const id = await router.storeExecution({ workspace_id: body.id })
  const artifact = newId('cart', router.clock.now())
  const row = { id: artifact, project_id: router.projectId, execution_id: id, attempt: 1, media_type: 'text/html' }
  const created_at = new Date(router.clock.now())
  await router.core.store.db
    .insertInto('artifacts')
    .values({ ...row, name: 'page.html', created_at })
    .execute()
  const executions = '/acme/v1/exec/executions'
  for (const path of [`${executions}/${id}`, `${executions}/${id}/raw`, `${executions}/${id}/artifacts/${artifact}`]) {
    const { status, headers } = await router.call('GET', path)
    assert.equal(status, 200, path)
    assertHeaders(headers, path)
  }
  const stop = new AbortController()
  const authorization = `Bearer ${router.key}`
  const { status, headers } = await fetch(`${router.url}${executions}/stream`, {
    headers: { authorization },
    signal: stop.signal,
  })
  stop.abort()
  assert.equal(status, 200)
  assertHeaders(headers, 'the stream')
})

test('the documents that are kept say so also when they have not changed', async () => {
  const first = await router.call('GET', '/openapi.json', { key: null })
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
  const again = await router.call('GET', '/openapi.json', { key: null, headers })
  assert.equal(again.status, 304)
  assertHeaders(again.headers, '304', 'public, max-age=')
})

test('what is no route, no method and no JSON is refused with both headers', async () => {
  for (const [status, method, path, body] of [
    [404, 'GET', '/no/such/path', undefined],
    [404, 'GET', '/acme/v1/exec/executions/none', undefined],
    [405, 'DELETE', '/healthz', undefined],
    [400, 'POST', '/acme/v1/workspaces', '{'],
    [400, 'GET', '/acme/v1/workspaces?limit=0', undefined],
    [413, 'POST', '/acme/v1/workspaces', ' '.repeat(20 * 1024 * 1024)],
  ] as const) {
    const { status: got, headers } = await router.call(method, path, { body })
    assert.equal(got, status, path)
    assertHeaders(headers, `${status} ${path}`)
  }
})

test('what Node cannot read is refused with both headers', async (t) => {
  const { port } = new URL(router.url)
  for (const [status, text] of [
    [400, 'no HTTP\r\n\r\n'],
    [400, 'GET /healthz HTTP/1.1\r\n\r\n'],
    [413, `GET /healthz HTTP/1.1\r\nHost: router\r\nlong: ${'x'.repeat(20_000)}\r\n\r\n`],
    [417, 'POST /healthz HTTP/1.1\r\nHost: router\r\nExpect: the-best\r\nContent-Length: 1\r\n\r\n'],
  ] as const) {
    const socket = connect(Number(port), '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write(text)
    const [answer] = await once(socket, 'data')
    const [line = '', ...lines] = String(answer).split('\r\n')
    assert.equal(line.split(' ')[1], String(status))
    const named = lines.flatMap((one) => /^([\w-]+): (.*)$/.exec(one)?.slice(1, 3) ?? [])
    const pairs = Array.from(
      { length: named.length / 2 },
      (_, at) => [named[2 * at], named[2 * at + 1]] as [string, string],
    )
    assertHeaders(new Headers(pairs), line)
  }
})
