// Audit records on their way to a collector: real TLS, a real web server, and collectors that hang.
import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { selfSigned, withoutOpenssl } from '@xerotier/devkit/self-signed.ts'
import type { SiemOptions } from './connect.ts'

const pair = selfSigned()
const skip = pair === undefined ? withoutOpenssl : false

interface Receiver {
  port: number
  messages: string[]
  close(): Promise<void>
}

/** Takes messages with their length before them, over TLS unless told otherwise. */
async function receiver({ port = 0, plain = false } = {}): Promise<Receiver> {
  const messages: string[] = []
  const take = (socket: Socket) => {
    let waiting = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      waiting = Buffer.concat([waiting, bytes])
      for (let space = waiting.indexOf(' '); space > 0; space = waiting.indexOf(' ')) {
        const end = space + 1 + Number(waiting.subarray(0, space).toString())
        if (waiting.length < end) return
        messages.push(waiting.subarray(space + 1, end).toString())
        waiting = waiting.subarray(end)
      }
    })
  }
  const server = plain ? createTcpServer(take) : createTlsServer({ cert: pair?.cert, key: pair?.key }, take)
  return { messages, ...(await listening(server, port)) }
}

async function listening(server: Server, port = 0): Promise<{ port: number; close(): Promise<void> }> {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

let system: RouterForTests
before(async () => {
  system = await startRouterForTests()
})
after(() => system.stop())

const restart = (siem?: SiemOptions) => system.restart({ siem })
let count = 0
/** As many changes, each of which is on record. @returns the names of what was made */
async function change(times: number): Promise<string[]> {
  const names = Array.from({ length: times }, () => `made-${++count}`)
  for (const name of names) await system.client.call('workspaces.create', { body: { name } })
  return names
}
/** Numbers of all that was on record since, but for what nobody has told. */
async function recorded(sinceSeq: number): Promise<number[]> {
  const { pool } = system.router.core.store
  const { rows } = await pool.query<{ seq: number }>('select seq from events where seq > $1 order by xid, seq', [
    sinceSeq,
  ])
  return rows.map(({ seq }) => seq)
}
const lastSeq = async () =>
  (await system.router.core.store.pool.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from events'))
    .rows[0]?.seq ?? 0
const metric = async (name: string) => {
  const text = await (await fetch(`${system.router.url}/metrics`)).text()
  return Number(new RegExp(`^xerotier_router_follower_${name}{follower="siem"} (\\S+)`, 'm').exec(text)?.[1] ?? 'NaN')
}
const place = async () =>
  (await system.router.core.store.pool.query(`select from followers where name = 'siem'`)).rowCount

test('each record comes over TLS as a syslog message with its length, also after router and collector were away', {
  skip,
}, async () => {
  let collector = await receiver()
  const { port } = collector
  const siem: SiemOptions = { url: `syslog+tls://localhost:${port}`, format: 'cef', ca: pair?.cert }
  await restart(siem)
  await until('its place', async () => (await place()) === 1 || undefined)
  const since = await lastSeq()
  await change(5)
  await until('five messages', () => collector.messages.length >= 5 || undefined)
  const [first = ''] = collector.messages
  assert.match(
    first,
    /^<109>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ xerotier-router - workspace\.created - CEF:0\|Xerotier\|XEM\|1\|workspace\.created\|/,
  )
  assert.match(first, / externalId=\d+ /)

  await collector.close()
  const before = collector.messages
  await change(3)
  await restart(siem)
  await change(4)
  collector = await receiver({ port })
  const numbers = (messages: string[]) => messages.map((message) => Number(/ externalId=(\d+) /.exec(message)?.[1]))
  const wanted = await recorded(since)
  await until('all of them', () => {
    const came = new Set(numbers([...before, ...collector.messages]))
    return wanted.every((seq) => came.has(seq)) || undefined
  })
  const order = numbers(collector.messages).filter((seq, at, all) => all.indexOf(seq) === at)
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  )
  await restart()
  await collector.close()
})

test('what a collector loses with its connection comes again over the next', async () => {
  let collector = await receiver({ plain: true })
  const { port } = collector
  await restart({ url: `syslog+tcp://localhost:${port}`, format: 'ndjson' })
  await until('its place', async () => (await place()) === 1 || undefined)
  const [lost = ''] = await change(1)
  await until('the first', () => collector.messages.some((message) => message.includes(lost)) || undefined)
  await collector.close()
  collector = await receiver({ plain: true, port })
  const [next = ''] = await change(1)
  await until(
    'both',
    () => [lost, next].every((name) => collector.messages.some((message) => message.includes(name))) || undefined,
  )
  await restart()
  await collector.close()
})

test('a web server gets OCSF until it says that it has it, in order and nothing but once when all is well', async () => {
  const bodies: string[] = []
  const seen: (string | undefined)[] = []
  let refusals = 2
  const server = createHttpServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      seen.push(request.headers.authorization)
      const isRefused = refusals-- > 0
      if (!isRefused) bodies.push(body)
      response.writeHead(isRefused ? 503 : 204).end()
    })
  })
  const web = await listening(server)
  await restart({ url: `http://localhost:${web.port}/in`, format: 'ocsf', token: 'planted-token' })
  await until('its place', async () => (await place()) === 1 || undefined)
  const since = await lastSeq()
  await change(6)
  const wanted = await recorded(since)
  const records = () =>
    bodies
      .join('')
      .trimEnd()
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  await until('all of them', () => records().length >= wanted.length || undefined)
  assert.deepEqual(
    records().map(({ metadata }) => Number(metadata.uid)),
    wanted,
  )
  assert.equal(records()[0].class_uid, 6003)
  assert.ok(seen.every((one) => one === 'Bearer planted-token'))
  assert.ok((await metric('failures_total')) >= 2)
  await restart()
  await web.close()
})

test('a collector that hangs holds nobody up, and it is said', async () => {
  const hanging = await listening(createTcpServer((socket) => void socket.on('error', () => {})))
  await restart({ url: `syslog+tls://localhost:${hanging.port}`, format: 'cef', patienceMs: 100 })
  await until('its place', async () => (await place()) === 1 || undefined)
  await change(3)
  await until('a failure', async () => (await metric('failures_total')) >= 2 || undefined)
  assert.ok((await metric('events_behind')) >= 3)
  await change(2)
  const { data } = await system.client.call('workspaces.list', { query: { limit: 100 } })
  assert.ok(data.length >= 5)
  await restart()
  await hanging.close()
})

test('nobody is waited for whom the settings no longer name', async () => {
  assert.equal(await place(), 0)
})
