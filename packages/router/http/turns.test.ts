// Requests behind requests, many connections, and what others get meanwhile.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import tls from 'node:tls'
import { selfSigned, withoutOpenssl } from '@xerotier/devkit/self-signed.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { listeningOn } from '@xerotier/runtime/listening.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import type { Door } from './door.ts'
import { createHttpServer, type HttpOptions } from './server.ts'

async function serve(t: TestContext, options: Partial<HttpOptions> = {}) {
  const begun: string[] = []
  const held = new Map<string, () => void>()
  const told = Promise.withResolvers<void>()
  // Time passes in the work of the test alone.
  const clock = { ...systemClock, passed: 0, monotonic: () => clock.passed }
  const door: Door = {
    open(scope) {
      scope.get<{ Params: { name: string } }>('/at-once/:name', async ({ params, ip }) => {
        begun.push(`${ip} ${params.name}`)
        return params.name
      })
      scope.get<{ Params: { name: string } }>('/busy/:name', async ({ params }) => {
        begun.push(params.name)
        clock.passed += 5
        return params.name
      })
      scope.post<{ Body: string }>('/work', async ({ body, ip }) => {
        begun.push(`${ip} ${body}`)
        clock.passed += 5
        return body
      })
      scope.post('/echo', async ({ body }) => ({ characters: String(body).length }))
      scope.get<{ Params: { name: string } }>('/held/:name', async ({ params }) => {
        begun.push(params.name)
        await new Promise<void>((resolve) => {
          held.set(params.name, resolve)
          told.resolve()
        })
        return params.name
      })
    },
  }
  const core = { clock, log: silentLog, calls: { close() {} } }
  const registry = createMetricsRegistry()
  const server = await createHttpServer({ core, host: '127.0.0.1', port: 0, registry, doors: [door], ...options })
  await server.listen()
  const secured: string[] = []
  server.app.server.on('secureConnection', ({ remoteAddress }: Socket) => secured.push(remoteAddress ?? ''))
  // In the midst of a handshake.
  server.app.server.on('keylog', () => {
    clock.passed += 1
  })
  const sockets: Socket[] = []
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await server.close()
  })
  const { port } = listeningOn(server.app.server)
  return {
    begun,
    held,
    isHeld: told.promise,
    registry,
    /** The names at the other end of TLS connections, in the order in which they were secured. */
    secured,
    /** A connection from an address of this machine, and all that came on it. */
    async dial(from = '127.0.0.1') {
      const socket = connect({ port, host: '127.0.0.1', localAddress: from })
      sockets.push(socket)
      const heard: Buffer[] = []
      socket.on('data', (data) => heard.push(data))
      socket.on('error', () => {})
      await once(socket, 'connect')
      return { socket, heard: () => Buffer.concat(heard).toString() }
    },
  }
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: router\r\n${more}\r\n`
const many = (path: string, count: number) => Array.from({ length: count }, (_, n) => get(`${path}-${n}`)).join('')
/** Until so many answers have come, whole: the last one closes. */
const ended = (socket: Socket) => once(socket, 'close')

test('requests of one connection are begun one after the other, and answered in their order', async (t) => {
  const { begun, held, isHeld, dial } = await serve(t)
  const { socket, heard } = await dial()
  socket.write(get('/held/first') + get('/at-once/second') + get('/at-once/third', 'Connection: close\r\n'))
  await isHeld
  // Whatever was sent with it has been read by then.
  await new Promise(setImmediate)
  assert.deepEqual(begun, ['first'])
  held.get('first')?.()
  await ended(socket)
  assert.deepEqual(heard().match(/first|second|third/g), ['first', 'second', 'third'])
})

test('as many as may wait are all answered', async (t) => {
  const { dial } = await serve(t)
  const { socket, heard } = await dial()
  socket.write(many('/at-once/x', limits.pipelinedRequests) + get('/at-once/last', 'Connection: close\r\n'))
  await ended(socket)
  assert.equal(heard().match(/HTTP\/1\.1 200 /g)?.length, limits.pipelinedRequests + 1)
})

test('work whose connection is gone is not begun', async (t) => {
  const { begun, held, isHeld, dial } = await serve(t)
  const { socket } = await dial()
  socket.write(get('/held/first') + many('/at-once/x', 10))
  await isHeld
  socket.resetAndDestroy()
  const other = await dial()
  other.socket.write(get('/at-once/other', 'Connection: close\r\n'))
  await ended(other.socket)
  held.get('first')?.()
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  assert.deepEqual(begun, ['first', '127.0.0.1 other'])
})

test('an address that has too many waiting loses all its connections, and another address none', async (t) => {
  const { registry, held, isHeld, dial } = await serve(t)
  const innocent = await dial('127.0.0.1')
  const idle = await dial('127.0.0.2')
  const greedy = await dial('127.0.0.2')
  const cut = Promise.all([ended(idle.socket), ended(greedy.socket)])
  greedy.socket.write(get('/held/first') + many('/at-once/x', limits.pipelinedRequests + 1))
  await Promise.all([isHeld, cut])
  held.get('first')?.()
  innocent.socket.write(get('/at-once/innocent', 'Connection: close\r\n'))
  await ended(innocent.socket)
  assert.match(innocent.heard(), /HTTP\/1\.1 200 /)
  assert.match(await registry.metrics(), /connections_cut_total\{reason="pipelining"\} 1/)
})

test('what waits on all connections of an address is counted together', async (t) => {
  const { dial } = await serve(t)
  const sockets: Promise<unknown>[] = []
  for (let sent = 0; sent <= limits.pipelinedRequestsPerAddress; sent += limits.pipelinedRequests) {
    const { socket } = await dial('127.0.0.2')
    sockets.push(ended(socket))
    socket.write(get(`/held/${sent}`) + many('/at-once/x', limits.pipelinedRequests))
  }
  await Promise.all(sockets)
})

test('a trusted proxy speaks for many: of its connections only the one is cut', async (t) => {
  const { dial } = await serve(t, { trustedProxies: ['127.0.0.2/32'] })
  const other = await dial('127.0.0.2')
  const greedy = await dial('127.0.0.2')
  greedy.socket.write(get('/held/first') + many('/at-once/x', limits.pipelinedRequests + 1))
  await ended(greedy.socket)
  other.socket.write(get('/at-once/other', 'Connection: close\r\n'))
  await ended(other.socket)
  assert.match(other.heard(), /HTTP\/1\.1 200 /)
})

test('who asks much is answered in turn with who asks little', async (t) => {
  const { begun, dial } = await serve(t)
  const little = await dial('127.0.0.1')
  const much = await Promise.all(Array.from({ length: 200 }, () => dial('127.0.0.2')))
  for (const { socket } of much) socket.write(get('/at-once/much') + get('/at-once/more', 'Connection: close\r\n'))
  little.socket.write(get('/at-once/little', 'Connection: close\r\n'))
  await Promise.all([ended(little.socket), ...much.map(({ socket }) => ended(socket))])
  assert.equal(begun.length, 401)
  const place = begun.indexOf('127.0.0.1 little')
  assert.ok(place <= 2 * limits.requestsPerTurn, `begun after ${place} others`)
})

test('who connects behind many connections of another address is heard before their work', async (t) => {
  const { begun, held, dial } = await serve(t)
  // All stand in the queue of the operating system before the router accepts the first.
  const crowd = Array.from({ length: 200 }, async (_, n) => {
    const { socket } = await dial('127.0.0.2')
    socket.write(get(`/held/${n}`))
  })
  const honest = dial('127.0.0.3')
  const { socket } = await honest
  socket.write(get('/at-once/honest', 'Connection: close\r\n'))
  await Promise.all([ended(socket), ...crowd])
  const before = begun.indexOf('127.0.0.3 honest')
  assert.ok(before <= limits.requestsInHandWhileConnecting, `${before} were begun before it`)
  // And then all the others, though none of them was answered.
  while (held.size < 200) await new Promise(setImmediate)
})

test('who connects behind busy requests of another address waits for few of them', async (t) => {
  const { begun, dial } = await serve(t)
  const crowd = await Promise.all(Array.from({ length: 50 }, () => dial('127.0.0.2')))
  const fresh = Array.from({ length: 200 }, async (_, n) => {
    const { socket } = await dial('127.0.0.2')
    socket.write(get(`/busy/${n}`))
  })
  const honest = dial('127.0.0.3')
  for (const { socket } of crowd) socket.write(get('/busy/old'))
  const { socket } = await honest
  socket.write(get('/at-once/honest', 'Connection: close\r\n'))
  await Promise.all([ended(socket), ...fresh])
  const before = begun.indexOf('127.0.0.3 honest')
  // As many as fit into the time of an address.
  assert.ok(before <= 2 * (limits.addressMsPerTurn / 5), `${before} were begun before it`)
})

test('who has sent many bodies begins work on few of them before others have their turn', async (t) => {
  const { begun, dial } = await serve(t)
  const post = '"much"'
  const head = `POST /work HTTP/1.1\r\nHost: router\r\nContent-Type: application/json\r\nContent-Length: ${post.length}\r\n`
  const much = await Promise.all(Array.from({ length: 100 }, () => dial('127.0.0.2')))
  const little = await dial('127.0.0.3')
  for (const { socket } of much) socket.write(`${head}Connection: close\r\n\r\n${post.slice(0, -1)}`)
  // All are accepted, one a turn, and begun.
  for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate)
  for (const { socket } of much) socket.write(post.slice(-1))
  little.socket.write(`${head}Connection: close\r\n\r\n${post}`)
  await Promise.all([ended(little.socket), ...much.map(({ socket }) => ended(socket))])
  assert.equal(begun.length, 101)
  const before = begun.indexOf('127.0.0.3 much')
  assert.ok(before <= 4 * (limits.addressMsPerTurn / 5), `${before} were begun before it`)
})

test('who connects behind TLS handshakes of another address waits for few of them', async (t) => {
  const certificate = selfSigned()
  if (certificate === undefined) return t.skip(withoutOpenssl)
  const { secured, dial } = await serve(t, { tls: () => certificate })
  const shake = async (from: string) => {
    const { socket } = await dial(from)
    const secure = tls.connect({ socket, ca: certificate.cert, servername: 'localhost' })
    secure.on('error', () => {})
    secure.resume()
    secure.write(get('/at-once/x', 'Connection: close\r\n'))
    await ended(secure)
  }
  const crowd = Array.from({ length: limits.httpHandshakesPerAddress }, () => shake('127.0.0.2'))
  await shake('127.0.0.3')
  const before = secured.indexOf('127.0.0.3')
  assert.ok(before >= 0 && before <= 8, `${before} were secured before it`)
  await Promise.all(crowd)
  assert.equal(secured.length, limits.httpHandshakesPerAddress + 1)
})

test('of the large bodies of one address no more than a few are in memory', async (t) => {
  const { dial } = await serve(t)
  const body = `"${'x'.repeat(limits.pacedBodyBytes)}"`
  const head = (length: number) =>
    `POST /echo HTTP/1.1\r\nHost: router\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`
  // They are being read, and never end.
  const endless = await Promise.all(Array.from({ length: limits.largeBodiesPerAddress }, () => dial('127.0.0.2')))
  for (const { socket } of endless) socket.write(head(body.length) + body.slice(0, -1))
  const [third, other] = await Promise.all([dial('127.0.0.2'), dial('127.0.0.1')])
  third.socket.write(head(body.length) + body)
  other.socket.write(head(body.length) + body)
  await ended(other.socket)
  assert.match(other.heard(), /HTTP\/1\.1 200 /)
  assert.equal(third.heard(), '')
  endless[0]?.socket.destroy()
  await ended(third.socket)
  assert.match(third.heard(), /HTTP\/1\.1 200 /)
})

test('connections of one address beyond its limit are closed, and others get in', async (t) => {
  const { registry, dial } = await serve(t)
  const crowd: { socket: Socket }[] = []
  // No more at once than the kernel holds for a server.
  while (crowd.length < limits.httpConnectionsPerAddress)
    crowd.push(...(await Promise.all(Array.from({ length: 128 }, () => dial('127.0.0.2')))))
  const late = await dial('127.0.0.2')
  await ended(late.socket)
  assert.match(await registry.metrics(), /connections_cut_total\{reason="connections"\} 1/)
  const other = await dial('127.0.0.1')
  other.socket.write(get('/at-once/other', 'Connection: close\r\n'))
  await ended(other.socket)
  assert.match(other.heard(), /HTTP\/1\.1 200 /)
  assert.ok(crowd.every(({ socket }) => !socket.destroyed))
})

test('requests without a key are limited by address', async (t) => {
  const { dial } = await serve(t, { publicRequestsPerMinute: 2 })
  const greedy = await dial('127.0.0.2')
  greedy.socket.write(get('/nowhere') + get('/nowhere') + get('/nowhere', 'Connection: close\r\n'))
  await ended(greedy.socket)
  assert.deepEqual(greedy.heard().match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 404', 'HTTP/1.1 404', 'HTTP/1.1 429'])
  assert.match(greedy.heard(), /retry-after: \d+/)
  const other = await dial('127.0.0.1')
  other.socket.write(get('/nowhere', 'Connection: close\r\n'))
  await ended(other.socket)
  assert.match(other.heard(), /HTTP\/1\.1 404/)
})
