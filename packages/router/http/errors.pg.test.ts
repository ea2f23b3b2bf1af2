import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { errorCodes, errorEnvelopeSchema } from '@xerotier/protocol/errors.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import type pg from 'pg'
import { type Answer, type ApiForTests, startApiForTests } from './api.fixture.ts'
import { faultOf } from './failure.ts'
import { createHttpServer } from './server.ts'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
})
after(() => router.stop())

const post = (body: unknown, headers: Record<string, string> = {}) =>
  router.call('POST', '/acme/v1/workspaces', { body, headers })

test('every refusal has the envelope and a request id', async () => {
  for (const answer of [
    await router.call('GET', '/nowhere'),
    await router.call('DELETE', '/acme/v1/workspaces'),
    await post('{'),
    await post({}),
    await router.call('GET', '/acme/v1/workspaces', { key: null }),
    await router.call('GET', '/%'),
  ]) {
    const { error } = errorEnvelopeSchema.strict().parse(answer.body)
    assert.ok(errorCodes.includes(error.code as never), String(error.code))
    assert.ok(answer.headers.get('x-request-id'))
  }
})

test('bodies that are wrong name the field', async () => {
  const wrong: [unknown, string, string | null][] = [
    [{}, 'invalid_body', 'name'],
    [{ name: 'a b' }, 'invalid_body', 'name'],
    [{ name: 'ok', type: 'mainframe' }, 'invalid_body', 'type'],
    [{ name: 'ok', colour: 'red' }, 'invalid_body', 'colour'],
    ['[]', 'invalid_body', null],
    ['null', 'invalid_body', null],
    ['{"name": ', 'json_parse_error', null],
    ['{"__proto__": {"name": "x"}, "name": "ok"}', 'invalid_body', '__proto__'],
    ['{"name": "ok", "in": [{"\\u005f_proto__": 1}]}', 'invalid_body', 'in.0.__proto__'],
    ['{"name": "ok", "in": [0.1, {"a": 0.1234567890123456789}]}', 'invalid_body', 'in.1.a'],
    ['{"name": "1e-400 is a text", "in": 1e-400}', 'invalid_body', 'in'],
    [`{"in": ${'['.repeat(100_000)}1.00000000000000000001${']'.repeat(100_000)}}`, 'invalid_body', 'body'],
  ]
  for (const [body, code, param] of wrong) {
    const answer = await post(body)
    assert.deepEqual(
      [answer.status, answer.body.error.code, answer.body.error.param],
      [400, code, param],
      JSON.stringify(body),
    )
  }
  const nested = await router.call('POST', '/acme/v1/management/api-keys', {
    body: { name: 'x', scopes: ['management', 'root'] },
  })
  assert.equal(nested.body.error.param, 'scopes.1')
})

test('a body is JSON, and within its limit', async () => {
  const form = await post('name=x', { 'content-type': 'application/x-www-form-urlencoded' })
  assert.deepEqual([form.status, form.body.error.code], [415, 'unsupported_media_type'])
  const big = await post({ name: 'x', description: 'x'.repeat(1024 * 1024) })
  assert.deepEqual([big.status, big.body.error.code], [413, 'payload_too_large'])
})

test('a body that is no UTF-8 is refused, and nothing in it replaced', async () => {
  const sent = async (name: Buffer) => {
    const body = Buffer.concat([Buffer.from('{"name": "bytes", "description": "'), name, Buffer.from('"}')])
    const headers = { authorization: `Bearer ${router.key}`, 'content-type': 'application/json' }
    const response = await fetch(`${router.url}/acme/v1/workspaces`, { method: 'POST', headers, body })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  for (const bytes of [[0xe9], [0xed, 0xa0, 0x80], [0xc3]]) {
    const { status, body } = await sent(Buffer.from(bytes))
    assert.deepEqual([status, body.error?.code], [400, 'json_parse_error'])
    assert.match(body.error.message, /UTF-8/)
  }
  const { status, body } = await sent(Buffer.from('café 😀'))
  assert.deepEqual([status, body.description], [201, 'café 😀'])
})

test('a wrong method is told from a path that leads nowhere, whatever the body', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/acme/v1/workspaces', 'GET, POST, HEAD'],
    ['POST', '/healthz?now=1', 'GET, HEAD'],
    ['OPTIONS', '/healthz', 'GET, HEAD'],
    ['PROPFIND', '/acme/v1/workspaces/lab', 'GET, DELETE, HEAD'],
    ['HEAD', '/acme/v1/exec/approvals/stream', 'GET'],
    ['GET', '/acme/v1/exec/approvals/1/approve', 'POST'],
    ['PUT', '/acme/v1/workspaces', 'GET, POST, HEAD'],
    ['PUT', '/nowhere', null],
    ['POST', '/acme/v1', null],
    ['PATCH', '/openapiXjson', null],
  ] as const) {
    for (const body of method === 'PUT' || method === 'POST' ? [undefined, '{'] : [undefined]) {
      const answer = await router.call(method, path, { body, key: null })
      const [status, code] = allow === null ? [404, 'not_found'] : [405, 'method_not_allowed']
      assert.deepEqual([answer.status, answer.headers.get('allow')], [status, allow], `${method} ${path}`)
      if (method !== 'HEAD') assert.equal(answer.body.error.code, code)
    }
  }
})

test('HEAD answers as GET does, without the body', async () => {
  const { body } = await router.call('POST', '/acme/v1/workspaces', { body: { name: 'head' } })
  const id = await router.storeExecution({ workspace_id: body.id })
  const usual = ['content-type', 'allow', 'www-authenticate']
  for (const [path, key, ...more] of [
    ['/healthz', null],
    ['/openapi.json', null, 'content-length'],
    ['/acme/v1/workspaces/head', router.key, 'content-length'],
    [`/acme/v1/exec/executions/${id}/raw`, router.key],
    ['/acme/v1/workspaces/none', router.key, 'content-length'],
    ['/acme/v1/workspaces', null, 'content-length'],
    ['/nowhere', null],
  ] as const) {
    const seen = ({ status, headers }: Answer) => [status, ...[...usual, ...more].map((name) => headers.get(name))]
    const head = await router.call('HEAD', path, { key })
    assert.deepEqual(seen(head), seen(await router.call('GET', path, { key })), path)
    assert.equal(head.body, '')
  }
})

test('a part of the path that is longer than any name is not found, with or without a key', async () => {
  for (const key of [router.key, null]) {
    const { status, body } = await router.call('GET', `/acme/v1/exec/tools/${'a'.repeat(101)}`, { key })
    assert.deepEqual([status, body.error.code], [404, 'not_found'])
  }
})

test('what Node would answer by itself is answered like everything else, and the connection closed', async () => {
  const { port } = new URL(router.url)
  for (const [sent, status, code] of [
    ['GARBAGE\r\n\r\n', 400, 'invalid_request'],
    [`GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(32_768)}\r\n\r\n`, 413, 'payload_too_large'],
    ['GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'invalid_request'],
    ['GET /healthz HTTP/1.1\r\nhost: x\r\nexpect: foo\r\nconnection: close\r\n\r\n', 417, 'invalid_request'],
  ] as const) {
    const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8').end(sent)
    let answer = ''
    for await (const text of socket) answer += text
    const [head, body] = answer.split('\r\n\r\n') as [string, string]
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} [^]*\nx-request-id: [0-9a-f-]{36}\r`))
    assert.equal(errorEnvelopeSchema.strict().parse(JSON.parse(body)).error.code, code)
  }
})

test('a caller who hangs up in the middle of a body is not the database being away', () => {
  const aborted = Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
  assert.equal(faultOf(aborted).code, 'invalid_request')
  const away = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
  assert.equal(faultOf(away).code, 'backend_unavailable')
})

test('what a route does not know is refused', async () => {
  const unknown = await router.call('GET', '/acme/v1/workspaces?limit=5&offset=5')
  assert.deepEqual([unknown.status, unknown.body.error.param], [400, 'offset'])
  for (const query of ['limit=0', 'limit=101', 'limit=ten', 'limit=1&limit=2']) {
    const { status, body } = await router.call('GET', `/acme/v1/workspaces?${query}`)
    assert.deepEqual([status, body.error.code, body.error.param], [400, 'invalid_request', 'limit'], query)
  }
  const body = await router.call('POST', '/acme/v1/management/agents/x/revoke-credentials', { body: { force: true } })
  assert.deepEqual([body.status, body.body.error.param], [400, 'force'])
})

test('X-Request-ID is the callers when it is sane', async () => {
  const ask = async (id: string) =>
    (await router.call('GET', '/healthz', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
  assert.equal(await ask('deploy-2026.01:7'), 'deploy-2026.01:7')
  for (const id of ['short', 'has space inside', 'x'.repeat(200)]) assert.notEqual(await ask(id), id)
})

/** As a pool asks itself too, with a callback. */
function refusing(error: Error) {
  return ((callback?: (error: Error) => void) =>
    callback === undefined ? Promise.reject(error) : void callback(error)) as pg.Pool['connect']
}

test('a database that is away is said to be away, and nothing of it leaks', async () => {
  const lost = await startApiForTests()
  const { pool } = lost.core.store
  const connect = pool.connect
  const away = Object.assign(new Error('connect ECONNREFUSED 10.9.8.7:5432'), { code: 'ECONNREFUSED' })
  pool.connect = refusing(away)
  const answer = await lost.call('GET', '/acme/v1/workspaces')
  pool.connect = connect
  assert.deepEqual([answer.status, answer.body.error.code], [503, 'backend_unavailable'])
  assert.ok(!JSON.stringify(answer.body).includes('10.9.8.7'))
  assert.ok(answer.headers.get('retry-after'))
  await lost.stop()
})

test('what keeps an agent from a token for a while is documented where it happens', async () => {
  const guarded = await startApiForTests({ failedAuthenticationsPerMinute: 1 })
  const { token } = await guarded.makeAgent()
  const refresh = (key: string) => guarded.call('POST', '/v1/enroll/refresh', { key })
  const { paths } = (await guarded.call('GET', '/openapi.json', { key: null })).body
  const { pool } = guarded.core.store
  const connect = pool.connect
  pool.connect = refusing(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
  const proof = { agent_id: 'agt_00000000000000000000', at: guarded.clock.now(), proof: '0'.repeat(128) }
  const again = await guarded.call('POST', '/v1/enroll/again', { key: null, body: proof })
  const answers = [
    ['refresh', 503, await refresh(token)],
    ['again', 503, again],
    ['refresh', 401, await refresh('none')],
    ['refresh', 429, await refresh('none')],
  ] as const
  pool.connect = connect
  await guarded.stop()
  for (const [route, status, answer] of answers) {
    assert.equal(answer.status, status, route)
    const documented = paths[`/v1/enroll/${route}`].post.responses[status]?.description
    assert.ok(documented?.includes(answer.body.error.code), `${route} ${status}`)
  }
  assert.match(paths['/v1/enroll'].post.responses['503'].description, /backend_unavailable/)
})

test('an unknown failure is internal_error, and its cause stays inside', async () => {
  const { workspaces } = router.core
  router.core.workspaces = {
    ...workspaces,
    find() {
      throw new Error('secret plan')
    },
  }
  const answer = await router.call('GET', '/acme/v1/workspaces/x')
  router.core.workspaces = workspaces
  assert.deepEqual([answer.status, answer.body.error.code], [500, 'internal_error'])
  assert.ok(!JSON.stringify(answer.body).includes('secret'))
})

test('health, readiness and metrics answer without a key', async () => {
  assert.equal((await router.call('GET', '/healthz', { key: null })).body.status, 'ok')
  const ready = await router.call('GET', '/readyz', { key: null })
  assert.deepEqual([ready.status, ready.body.checks.database], [200, 'ok'])
  const metrics = await router.call('GET', '/metrics', { key: null })
  assert.match(
    metrics.body,
    /xerotier_router_http_request_duration_seconds_count\{route="health\.live",status="2xx"\} \d+/,
  )
})

test('OpenAPI documents every route with its scopes and its errors', async () => {
  const { body } = await router.call('GET', '/openapi.json', { key: null })
  assert.match(body.openapi, /^3\.1\./)
  for (const id of routeIds) {
    const { path, method, auth } = routes[id]
    const operation = body.paths[path.replace(/:([a-z_]+)/g, '{$1}')]?.[method.toLowerCase()]
    assert.equal(operation?.operationId, id)
    if (typeof auth === 'object') assert.deepEqual(operation['x-required-scopes'], auth)
    assert.ok(operation.responses['500'])
  }
  const approve = body.paths['/{project_id}/v1/exec/approvals/{id}/approve'].post.responses
  assert.match(approve['409'].description, /approval_expired/)
  assert.deepEqual(approve['200'].content['application/json'].schema, { $ref: '#/components/schemas/Approval' })
  for (const [subject, component] of [
    ['executions', 'ExecutionEvent'],
    ['approvals', 'ApprovalEvent'],
  ]) {
    const stream = body.paths[`/{project_id}/v1/exec/${subject}/stream`].get.responses['200']
    const { data } = stream.content['text/event-stream'].schema.items.properties
    assert.deepEqual(data.contentSchema, { $ref: `#/components/schemas/${component}` })
    const { event } = body.components.schemas[component!].properties
    const of = subject === 'approvals' ? ['stage', 'stage_name', 'vote'] : []
    const what = ['kind', 'at', 'actor', 'actor_name', 'actor_key', 'door', ...of]
    assert.deepEqual(Object.keys(event.properties), what)
  }
})

test('OpenAPI has each error under the status that it is answered with', async () => {
  await post({ name: 'empty' })
  const { body } = await router.call('GET', '/openapi.json', { key: null })
  const { responses } = body.paths['/{project_id}/v1/exec/invocations'].post
  for (const [call, status, code] of [
    [{ workspace: 'empty', tool: 'nothing', args: {} }, 400, 'exec_tool_not_found'],
    [{ workspace: 'nowhere', tool: 'nothing', args: {} }, 404, 'workspace_not_found'],
  ] as const) {
    const answer = await router.call('POST', '/acme/v1/exec/invocations', { body: call })
    assert.deepEqual([answer.status, answer.body.error.code], [status, code])
    const documented = Object.keys(responses).filter((one) => responses[one].description.includes(`\`${code}\``))
    assert.deepEqual(documented, [String(status)])
  }
})

test('plain HTTP is served on loopback addresses only, unless told otherwise', async () => {
  const options = { core: router.core, port: 0, registry: {} as never, doors: [] }
  await assert.rejects(createHttpServer({ ...options, host: '0.0.0.0' }), /certificate/)
})
