import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Fault } from '@xerotier/protocol/errors.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import type { Door } from './door.ts'
import { createHttpServer, type HttpServer } from './server.ts'

/** Lets in whoever shows its badge, and takes text as well. */
const guarded: Door = {
  open(scope) {
    scope.addHook('onRequest', (request, _reply, done) => {
      done(request.headers['x-badge'] === 'guarded' ? undefined : new Fault('authentication_error'))
    })
    scope.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    scope.post('/guarded/note', { config: { id: 'guarded.note' } }, async ({ body }) => ({ said: body }))
  },
}
const plain: Door = {
  open(scope) {
    scope.get('/plain/note', { config: { id: 'plain.note' } }, async () => ({ said: 'plain' }))
    scope.post('/plain/note', async ({ body }) => ({ said: body }))
  },
}

const registry = createMetricsRegistry()
let server: HttpServer
let url: string
before(async () => {
  const core = { clock: systemClock, log: silentLog, calls: { close() {} } }
  server = await createHttpServer({
    core: core as never,
    host: '127.0.0.1',
    port: 0,
    registry,
    doors: [guarded, plain],
  })
  url = await server.listen()
})
after(() => server.close())

async function ask(method: string, path: string, options: { headers?: Record<string, string>; body?: string } = {}) {
  const response = await fetch(url + path, { method, ...options })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

test('what one door asks of its callers, and takes of them, holds for no other', async () => {
  const note = { body: 'hello', headers: { 'content-type': 'text/plain', 'x-badge': 'guarded' } }
  assert.deepEqual((await ask('POST', '/guarded/note', note)).body, { said: 'hello' })
  assert.equal((await ask('POST', '/plain/note', note)).body.error.code, 'unsupported_media_type')
  assert.deepEqual((await ask('GET', '/plain/note')).body, { said: 'plain' })
  assert.equal((await ask('POST', '/guarded/note')).body.error.code, 'authentication_error')
})

test('whatever the door, each answer has a request id and is counted under its route', async () => {
  for (const [method, path] of [
    ['GET', '/plain/note'],
    ['POST', '/guarded/note'],
    ['GET', '/nowhere'],
  ] as const) {
    const { headers } = await ask(method, path, { headers: { 'x-request-id': 'request-1' } })
    assert.equal(headers.get('x-request-id'), 'request-1', path)
  }
  const text = await registry.metrics()
  for (const route of ['plain.note', 'guarded.note', 'none']) assert.match(text, new RegExp(`_count{route="${route}"`))
})

test('a wrong method is told with the methods that the path takes, at every door', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/plain/note', 'GET, POST'],
    ['GET', '/guarded/note', 'POST'],
    ['GET', '/guarded', null],
  ] as const) {
    const { status, headers } = await ask(method, path)
    assert.deepEqual([status, headers.get('allow')], [allow === null ? 404 : 405, allow], path)
  }
})
