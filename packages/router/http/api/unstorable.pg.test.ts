// Text that Postgres cannot hold, wherever a request may have some; and a database that can hold
// nothing more.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Route } from '@xerotier/protocol/route.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

const nul = 'a\u0000b'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
  await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })
})
after(() => router.stop())

test('a NUL character is refused by name wherever text comes in', async () => {
  const cases: [method: string, path: string, body: unknown, param: string][] = [
    ['POST', 'exec/invocations', { workspace: 'lab', tool: 't', args: {}, reason: nul }, 'reason'],
    ['POST', 'exec/invocations', { workspace: nul, tool: 't', args: {} }, 'workspace'],
    ['POST', 'workspaces', { name: 'other', description: nul }, 'description'],
    ['POST', 'management/api-keys', { name: nul, scopes: ['execution'] }, 'name'],
    ['GET', 'workspaces/a%00b', undefined, 'id'],
    ['GET', 'exec/tools/%00?workspace=lab', undefined, 'name'],
    ['GET', 'exec/executions?workspace=a%00b', undefined, 'workspace'],
    ['GET', 'exec/approvals?tool=a%00b', undefined, 'tool'],
  ]
  for (const [method, path, body, param] of cases) {
    const answer = await router.call(method, `/acme/v1/${path}`, body === undefined ? {} : { body })
    assert.deepEqual([answer.status, answer.body.error?.param], [400, param], `${method} ${path}`)
  }
})

const texts = ['%00', '%ED%A0%80', '%FF', '9'.repeat(30), '1e400', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z']
const headers = ['idempotency-key', 'last-event-id', 'traceparent', 'x-request-id', 'accept-encoding', 'if-none-match']

for (const id of routeIds) {
  test(`no text in a path, a query or a header is more than ${id} can refuse`, async () => {
    const { method, path, params, query, response }: Route = routes[id]
    const of = (values: Record<string, string>) =>
      path.replace(':project_id', 'acme').replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? 'lab')
    const ask = async (url: string, more: Record<string, string> = {}) => {
      // A stream that is let in never ends by itself.
      if (response === 'sse' && !/[?]/.test(url)) return
      const { status } = await router.call(method, url, { headers: more })
      assert.ok(status < 500 || status === 503, `${method} ${url} ${JSON.stringify(more)}: ${status}`)
    }
    for (const text of texts) {
      for (const name of Object.keys(params?.shape ?? {})) await ask(of({ [name]: text }))
      for (const name of Object.keys(query?.shape ?? {}).filter(() => response !== 'sse'))
        await ask(`${of({})}?${name}=${text}`)
    }
    for (const name of headers) await ask(of({}), { [name]: '\u00ff\u0080"\\' })
  })
}

test('a database without room is 503 with how long to wait, and goes on when it has some', async () => {
  const { pool } = router.core.store
  for (const state of ['53100', '53200', '58030', '25006']) {
    await pool.query(`create function full_disk() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file' using errcode = '${state}'; end $$`)
    for (const table of ['workspaces', 'api_keys'])
      await pool.query(`create trigger full_disk before insert on ${table} execute function full_disk()`)
    for (const [path, body] of [
      ['workspaces', { name: `full-${state}` }],
      ['management/api-keys', { name: 'full', scopes: ['execution'] }],
    ] as const) {
      const answer = await router.call('POST', `/acme/v1/${path}`, { body })
      assert.deepEqual([answer.status, answer.body.error.code], [503, 'backend_unavailable'], `${path} ${state}`)
      assert.equal(answer.headers.get('retry-after'), '10')
      assert.doesNotMatch(JSON.stringify(answer.body), /extend file/)
    }
    await pool.query('drop function full_disk cascade')
    assert.equal((await router.call('POST', '/acme/v1/workspaces', { body: { name: `room-${state}` } })).status, 201)
  }
})
