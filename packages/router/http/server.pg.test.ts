import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, type TestContext, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { selfSigned, withoutOpenssl } from '@xerotier/devkit/self-signed.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { heartbeatSeconds } from '@xerotier/protocol/events.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import { newId } from '../domain/ids.ts'
import { apiDoor } from './api/door.ts'
import { type ApiForTests, startApiForTests } from './api.fixture.ts'
import { createHttpServer, type HttpOptions } from './server.ts'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
})
after(() => router.stop())

/** One more server of the same router, whose time stands still. */
async function serve(t: TestContext, tls?: HttpOptions['tls']) {
  const clock = settableClock(router.clock.now())
  const core = { ...router.core, clock }
  const registry = createMetricsRegistry()
  const api = apiDoor({ core, registry, readiness: {}, version: '0' })
  const http = await createHttpServer({ core, host: '127.0.0.1', port: 0, tls, registry, doors: [api] })
  const url = await http.listen()
  const { server } = http.app
  return {
    clock,
    url,
    close: () => http.close(),
    /** A connection that the server has. */
    async dial() {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      t.after(() => socket.destroy())
      await once(server, 'connection')
      return socket
    },
  }
}

test('a server that stops lets requests in hand finish, and waits for them no longer than its limit', {
  timeout: 180_000,
}, async (t) => {
  const { clock, dial, close } = await serve(t)
  const slow = await dial()
  const endless = await dial()
  for (const socket of [slow, endless]) socket.write('GET /healthz HTTP/1.1\r\n')
  const closed = close()
  await clock.advance(limits.httpCloseGraceMs - 1)
  slow.write('Host: router\r\n\r\n')
  assert.match(String((await once(slow, 'data'))[0]), /^HTTP\/1\.1 \d{3} /)
  const cut = once(endless, 'close')
  await clock.advance(1)
  await Promise.all([closed, cut])
  assert.equal(clock.pending(), 0)
})

test('a stream ends when its key expires', { timeout: 180_000 }, async (t) => {
  const { clock, url, close } = await serve(t)
  t.after(close)
  const seconds = heartbeatSeconds / 2
  const { key } = await router.makeKey({ expiresAt: new Date(clock.now() + seconds * 1000) })
  const stream = await fetch(`${url}/acme/v1/exec/executions/stream`, { headers: { authorization: `Bearer ${key}` } })
  const reader = stream.body!.getReader()
  await reader.read()
  await clock.advance(seconds * 1000)
  assert.equal((await reader.read()).done, true)
})

test('a server that stops waits for no download that nobody reads', { timeout: 180_000 }, async (t) => {
  const made = await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })
  const id = await router.storeExecution({ workspace_id: made.body.id })
  const artifact = newId('cart', router.clock.now())
  const { db, pool } = router.core.store
  const about = { project_id: router.projectId, execution_id: id, attempt: 1, media_type: 'text/plain' }
  const row = { id: artifact, ...about, name: 'big.bin', created_at: new Date(router.clock.now()) }
  await db.insertInto('artifacts').values(row).execute()
  // More than the kernel takes off the server's hands.
  await pool.query(
    `insert into artifact_chunks (artifact_id, seq, data) select $1, n, convert_to(repeat('x', 1024 * 1024), 'UTF8') from generate_series(0, 31) n`,
    [artifact],
  )
  const { clock, url, close } = await serve(t)
  const path = `/acme/v1/exec/executions/${id}/artifacts/${artifact}`
  const download = request(url + path, { headers: { authorization: `Bearer ${router.key}` } }).end()
  t.after(() => download.destroy())
  const [answer] = (await once(download, 'response')) as [IncomingMessage]
  assert.equal(answer.statusCode, 200)
  const closed = close()
  await clock.advance(limits.httpCloseGraceMs)
  await closed
})

const tls = selfSigned()

test('a server that stops waits for no TLS handshake', { skip: tls === undefined && withoutOpenssl }, async (t) => {
  const { clock, dial, close } = await serve(t, () => tls ?? { cert: '', key: '' })
  await dial()
  const closed = close()
  await clock.advance(limits.httpCloseGraceMs)
  await closed
})

test('who says nothing in a TLS handshake is cut, and who is through with it is not', {
  skip: tls === undefined && withoutOpenssl,
  timeout: 180_000,
}, async (t) => {
  const { clock, url, dial, close } = await serve(t, () => tls ?? { cert: '', key: '' })
  const silent = await dial()
  const secured = connectTls({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false })
  t.after(() => secured.destroy())
  await once(secured, 'secureConnect')
  secured.write('GET /healthz HTTP/1.1\r\nHost: router\r\n\r\n')
  await once(secured, 'data')

  await clock.advance(limits.httpHandshakeMs - 1)
  assert.equal(silent.destroyed, false)
  const cut = once(silent, 'close')
  await clock.advance(1)
  await cut
  secured.write('GET /healthz HTTP/1.1\r\nHost: router\r\n\r\n')
  assert.match(String((await once(secured, 'data'))[0]), /^HTTP\/1\.1 200 /)
  secured.destroy()
  await close()
  assert.equal(clock.pending(), 0)
})
