import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { answerHeaders } from '@xerotier/protocol/answer-headers.ts'
import { requestHeaders } from '@xerotier/protocol/request-headers.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { requestHeadersOf } from '@xerotier/protocol/route.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import { type Answer, type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
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

test('a Last-Event-ID of the documented form is what a stream takes', async () => {
  const { pattern } = requestHeaders['Last-Event-ID']
  const { body } = await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })
  const execution = await router.storeExecution({ workspace_id: body.id })
  const take = async (id: string) => {
    const stop = new AbortController()
    const url = `${router.url}/acme/v1/exec/executions/stream?execution_id=${execution}&output=true`
    const headers = { authorization: `Bearer ${router.key}`, 'last-event-id': id }
    const { status } = await fetch(url, { headers, signal: stop.signal })
    stop.abort()
    return status
  }
  for (const [id, fits] of [
    ['1-1', true],
    ['9999999999999999999-999999999999999999', true],
    ['1800-1830.1.5', true],
    ['1800-1830.1.-1', true],
    ['1800-1830.999999999.999999999', true],
    ['1', false],
    ['1-', false],
    ['-1', false],
    ['x-1', false],
    [`${'1'.repeat(20)}-1`, false],
    ['1-1.1', false],
    ['1-1.1.-2', false],
    ['1-1.1.5.6', false],
    [`1-1.1.${'1'.repeat(10)}`, false],
  ] as const) {
    assert.equal(pattern.test(id), fits, id)
    assert.equal(await take(id), fits ? 200 : 400, id)
  }
})
