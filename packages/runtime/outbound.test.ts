import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { selfSigned, withoutOpenssl } from '@xerotier/devkit/self-signed.ts'
import { systemClock } from './clock.ts'
import { createOutbound, type OutboundLimits, type OutboundOptions } from './outbound.ts'

/** The port, once it listens; everything of it ends with the test. */
async function port(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    sockets.add(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
const serve = async (t: TestContext, handler: RequestListener) =>
  `http://127.0.0.1:${await port(t, createServer(handler))}`
/** A server that says this and nothing more. */
const say = async (t: TestContext, said: string) =>
  `http://127.0.0.1:${await port(
    t,
    createTcpServer((socket) => void socket.write(said)),
  )}`

const outbound = (limits: Partial<OutboundLimits> = {}, options: Partial<OutboundOptions> = {}) =>
  createOutbound({ clock: systemClock, privateTargets: true, limits, ...options })
const get = (send: ReturnType<typeof createOutbound>, url: string) => send({ method: 'GET', url })

test('a request arrives as it was given, and its answer comes back whole', async (t) => {
  const url = await serve(t, (request, response) => {
    request.setEncoding('utf8')
    let body = ''
    request.on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      response.writeHead(201, { 'x-kind': String(request.headers['x-kind']) })
      response.end(`${request.method} ${request.url} ${body}`)
    })
  })
  const headers = { 'x-kind': 'hook' }
  const answer = await outbound()({ method: 'POST', url: `${url}/a?b=c`, headers, body: 'grüße' })
  assert.equal(answer.status, 201)
  assert.equal(answer.headers['x-kind'], 'hook')
  assert.equal(answer.body.toString(), 'POST /a?b=c grüße')
})

test('a redirect is an answer and is not followed', async (t) => {
  let requests = 0
  const url = await serve(t, (_request, response) => {
    requests++
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  const { status, headers } = await get(outbound(), url)
  assert.deepEqual([status, headers.location, requests], [302, '/elsewhere', 1])
})

test('a server that does not answer, or not to the end, is left when its time is over', async (t) => {
  const silent = await say(t, '')
  await assert.rejects(get(outbound({ firstByteMs: 50 }), silent), {
    reason: 'timeout',
    message: /no answer within 50/,
  })

  const slowHead = await serve(t, () => {})
  await assert.rejects(get(outbound({ totalMs: 50 }), slowHead), { reason: 'timeout' })

  const slowBody = await serve(t, (_request, response) => {
    const timer = setInterval(() => response.write('.'), 10)
    response.on('close', () => clearInterval(timer))
  })
  await assert.rejects(get(outbound({ totalMs: 200 }), slowBody), {
    reason: 'timeout',
    message: /no whole answer within 200/,
  })

  const neverFound = outbound({ connectMs: 50 }, { lookup: () => {} })
  await assert.rejects(get(neverFound, 'http://nowhere.example'), {
    reason: 'timeout',
    message: /no connection within 50/,
  })
})

test('a request or an answer that is too large ends at its limit', { timeout: 180_000 }, async (t) => {
  let sent = 0
  const endless = await serve(t, (_request, response) => {
    const chunk = Buffer.alloc(64 * 1024)
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length
    }
    response.on('drain', more)
    more()
  })
  await assert.rejects(get(outbound({ answerBytes: 100_000 }), endless), { reason: 'too_large' })
  assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were sent`)

  const wide = await say(t, `HTTP/1.1 200 OK\r\n${`x-wide: ${'w'.repeat(1000)}\r\n`.repeat(100)}\r\n`)
  await assert.rejects(get(outbound(), wide), { reason: 'too_large', message: /head of the answer/ })

  const body = 'x'.repeat(11)
  await assert.rejects(outbound({ requestBytes: 10 })({ method: 'POST', url: endless, body }), { reason: 'too_large' })
})

test('what cannot be reached, or hangs up, is an error that names the origin and no secret', async (t) => {
  const closed = createTcpServer()
  const url = `http://127.0.0.1:${await port(t, closed)}`
  closed.close()
  const hangsUp = await port(
    t,
    createTcpServer((socket) => socket.destroy()),
  )
  const hangsUpInside = await port(
    t,
    createTcpServer((socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
  )
  const ports = [hangsUp, hangsUpInside].map((at) => `http://127.0.0.1:${at}`)
  for (const target of [url, ...ports, 'http://no-such-host.invalid']) {
    await assert.rejects(get(outbound(), `${target}/hooks/s3cret?token=s3cret`), (error: Error) => {
      assert.equal((error as { reason?: string }).reason, 'unreachable')
      assert.ok(error.message.startsWith(`${target}: `), error.message)
      assert.doesNotMatch(`${error.message} ${JSON.stringify(error.cause)}`, /s3cret/)
      return true
    })
  }
  for (const bad of ['ftp://example.com', 'http://user:s3cret@example.com', 's3cret']) {
    await assert.rejects(get(outbound(), bad), (error: Error) => !/s3cret/.test(error.message))
  }
})

test('a target on this host or in a private network is refused, however it is written', async (t) => {
  let connections = 0
  const server = createServer((_request, response) => response.end())
  server.on('connection', () => connections++)
  const at = await port(t, server)
  const open = outbound({}, { privateTargets: false })
  const written = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '017700000001',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
  ]
  for (const host of [...written, 'localhost']) {
    await assert.rejects(get(open, `http://${host}:${at}`), { reason: 'refused_target' }, host)
  }
  assert.equal(connections, 0)
})

test('a name is looked up once for a connection, and what it says later is checked again', async (t) => {
  let connections = 0
  const server = createServer((_request, response) => response.end('reached'))
  server.on('connection', () => connections++)
  const at = await port(t, server)
  const asked: string[] = []
  const answers: LookupAddress[][] = []
  const lookup: OutboundOptions['lookup'] = (hostname, done) => {
    asked.push(hostname)
    done(null, answers.shift() ?? [])
  }
  const loopback = { address: '127.0.0.1', family: 4 }
  // Reserved for documentation, so that nobody is there.
  const elsewhere = { address: '203.0.113.7', family: 4 }
  const closed = outbound({ connectMs: 500 }, { privateTargets: false, lookup })

  answers.push([elsewhere], [loopback])
  for (let n = 0; n < 2; n++) {
    await assert.rejects(get(closed, `http://rebinding.example:${at}`), { reason: 'refused_target' })
  }
  // One that may be reached beside one that may not: only the first is tried.
  answers.push([loopback, { address: '::1', family: 6 }])
  await assert.rejects(get(closed, `http://both.example:${at}`), { reason: 'refused_target' })
  assert.equal(connections, 0)

  const any = outbound({}, { lookup })
  answers.push([loopback], [elsewhere])
  assert.equal((await get(any, `http://inside.example:${at}`)).body.toString(), 'reached')
  assert.deepEqual(asked.slice(-1), ['inside.example'])
  assert.equal(answers.length, 1)
})

const tls = selfSigned()
const skip = tls === undefined ? withoutOpenssl : false

test('a certificate that nobody vouches for is refused, and a pinned one is trusted for its name', {
  skip,
}, async (t) => {
  const { cert } = tls ?? { cert: '' }
  const server = createSecureServer(tls ?? {}, (_request, response) => response.end('secret'))
  server.on('tlsClientError', () => {})
  const at = await port(t, server)
  const url = `https://localhost:${at}`
  await assert.rejects(get(outbound(), url), { reason: 'unreachable', message: /SELF_SIGNED/ })
  assert.equal((await get(outbound({}, { ca: cert }), url)).body.toString(), 'secret')
  await assert.rejects(get(outbound({}, { ca: cert }), `https://127.0.0.1:${at}`), { message: /ALTNAME/ })
  const silent = await say(t, '')
  await assert.rejects(get(outbound({ connectMs: 100 }), silent.replace('http:', 'https:')), {
    reason: 'timeout',
    message: /no connection/,
  })
})
