import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { answerHeaders, requestHeaders, requestHeadersOf } from '@xerotier/protocol/headers.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import { cursorOf } from '../domain/events/cursor.ts'
import { type Answer, type RouterForTests, startRouterForTests } from './router.fixture.ts'

let router: RouterForTests
before(async () => {
  router = await startRouterForTests()
})
after(() => router.stop())

interface Operation {
  parameters: { $ref?: string }[]
  responses: Record<string, { headers: Record<string, { $ref: string }> }>
}

async function openApi() {
  const { body } = await router.call('GET', '/openapi.json', { key: null })
  const operationOf = ({ path, method }: Route): Operation =>
    body.paths[path.replace(/:([a-z_]+)/g, '{$1}')][method.toLowerCase()]
  return { components: body.components, operationOf }
}

test('OpenAPI names the headers of each request where the route table does', async () => {
  const { components, operationOf } = await openApi()
  for (const id of routeIds) {
    const named = operationOf(routes[id]).parameters.flatMap(({ $ref }) => $ref ?? [])
    assert.deepEqual(
      named,
      requestHeadersOf(routes[id]).map((name) => `#/components/parameters/${name}`),
      id,
    )
  }
  for (const [name, { pattern, description }] of Object.entries(requestHeaders)) {
    assert.deepEqual(components.parameters[name], {
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string', pattern: pattern.source },
    })
  }
  const submit = operationOf(routes['invocations.submit']).parameters.flatMap(
    ({ $ref }) => $ref?.split('/').at(-1) ?? [],
  )
  assert.deepEqual(submit, ['X-Request-ID', 'Idempotency-Key', 'traceparent'])
})

test('OpenAPI names the headers of each answer', async () => {
  const { components, operationOf } = await openApi()
  assert.deepEqual(Object.keys(components.headers), Object.keys(answerHeaders))
  const named = (definition: Route, status: number) => Object.keys(operationOf(definition).responses[status]!.headers)
  const limited = ['X-Request-ID', 'X-RateLimit-Limit', 'X-RateLimit-Remaining']
  const submit = routes['invocations.submit']
  assert.deepEqual(named(submit, 200), limited)
  assert.deepEqual(named(submit, 401), ['X-Request-ID', 'WWW-Authenticate'])
  assert.deepEqual(named(submit, 429), [...limited, 'Retry-After'])
  assert.deepEqual(named(submit, 503), [...limited, 'Retry-After'])
  assert.deepEqual(named(routes['executions.stream'], 200), limited)
  assert.deepEqual(named(routes['health.ready'], 503), ['X-Request-ID'])
})

test('answers carry the headers that OpenAPI names, and no other of them', async () => {
  const { operationOf } = await openApi()
  const told = ({ headers }: Answer) => Object.keys(answerHeaders).filter((name) => headers.has(name))
  const named = (definition: Route, { status }: Answer) =>
    Object.keys(operationOf(definition).responses[status]!.headers)
  const list = (options = {}) => router.call('GET', '/acme/v1/workspaces', options)
  for (const [status, answer] of [
    [200, await list()],
    [400, await router.call('GET', '/acme/v1/workspaces?limit=0')],
    [401, await list({ key: null })],
  ] as const) {
    assert.equal(answer.status, status)
    assert.deepEqual(told(answer), named(routes['workspaces.list'], answer), String(status))
  }
  const live = await router.call('GET', '/healthz', { key: null })
  assert.deepEqual(told(live), named(routes['health.live'], live))

  const { id, key } = await router.makeKey({})
  await router.call('PUT', `/acme/v1/management/api-keys/${id}/quota`, { body: { requests: 1, window_seconds: 60 } })
  await list({ key })
  const refused = await list({ key })
  assert.equal(refused.status, 429)
  assert.deepEqual(told(refused), named(routes['workspaces.list'], refused))
})

test('a Last-Event-ID of the documented form is what a stream takes', () => {
  const { pattern } = requestHeaders['Last-Event-ID']
  for (const id of [
    '1-1',
    '9999999999999999999-999999999999999999',
    '1',
    '1-',
    '-1',
    'x-1',
    ' 1-1',
    `${'1'.repeat(20)}-1`,
  ]) {
    if (pattern.test(id)) cursorOf(id, 'Last-Event-ID')
    else assert.throws(() => cursorOf(id, 'Last-Event-ID'), { code: 'invalid_request' }, id)
  }
})
