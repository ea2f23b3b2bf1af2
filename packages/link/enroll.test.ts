import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { newAgentKeys } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { type EnrollOptions, ensureEnrolled, keepEnrolled, loadEnrollment } from './enroll.ts'
import { enrollmentOf } from './fixtures/enrollment.ts'

const hourMs = 3_600_000
const folder = mkdtempSync(join(tmpdir(), 'link-enroll-'))
const asked = new EventEmitter<{ request: [IncomingMessage, ServerResponse] }>()
const router = createServer((request, response) => void asked.emit('request', request, response))
let routerUrl: string
before(async () => {
  router.listen(0, '127.0.0.1')
  await once(router, 'listening')
  routerUrl = `http://127.0.0.1:${(router.address() as AddressInfo).port}`
})
after(() => router.close())
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function kept(path = '') {
  const clock = settableClock()
  const options: EnrollOptions = {
    clock,
    /** Chance in the middle of its range. */
    chance: () => 0.5,
    log: silentLog,
    keys: newAgentKeys(),
    routerUrl: `${routerUrl}${path}`,
    joinKey: 'xjk_a.b.c',
    registrationName: 'a',
    role: 'xem',
    allowInsecure: true,
    enrollmentPath: join(folder, 'enrollment.json'),
    hostname: 'h',
    version: '0',
  }
  const enrollment = (token: string, hours: number) =>
    enrollmentOf({ token, token_expires_at: new Date(clock.now() + hours * hourMs).toISOString() })
  return {
    clock,
    enrollment,
    enroll: (change: Partial<EnrollOptions> = {}) => ensureEnrolled({ ...options, ...change }),
    begin: (first: Enrollment, change: Partial<EnrollOptions> = {}) => keepEnrolled({ ...options, ...change }, first),
    onDisk: () => loadEnrollment(options),
    /**
     * Moves the clock; the request that follows, and how to answer it. Resolves once the next
     * refresh is planned.
     */
    async advance(ms: number) {
      const came = once(asked, 'request', { signal: AbortSignal.timeout(60_000) })
      await clock.advance(ms)
      const [request, response] = (await came) as [IncomingMessage, ServerResponse]
      return {
        said: [request.method, request.url, request.headers.authorization],
        async answer(status: number, body: unknown) {
          response.writeHead(status).end(JSON.stringify(body))
          await until('the next plan', () => clock.pending() > 0 || undefined)
        },
        response,
      }
    },
  }
}

const refreshOf = (token: string) => ['POST', '/v1/enroll/refresh', `Bearer ${token}`]

test('the token is renewed at half of its life, again and again, and kept for the next start', async () => {
  const { clock, enrollment, begin, onDisk, advance } = kept()
  const keeping = begin(enrollment('first', 24))
  await clock.advance(12 * hourMs - 1)
  const one = await advance(1)
  assert.deepEqual(one.said, refreshOf('first'))
  await one.answer(200, enrollment('second', 10))
  assert.equal(onDisk()?.token, 'second')
  await clock.advance(5 * hourMs - 1)
  const two = await advance(1)
  assert.deepEqual(two.said, refreshOf('second'))
  await two.answer(200, enrollment('third', 24))
  assert.equal(onDisk()?.token, 'third')
  keeping.cancel()
  assert.equal(clock.pending(), 0)
})

test('a refresh that fails is tried again with the same token, and not more than once a minute', async () => {
  const { clock, enrollment, begin, onDisk, advance } = kept()
  const keeping = begin(enrollment('first', 1))
  const failed = { error: { message: 'busy', type: 'server_error', code: null, param: null } }
  await (await advance(hourMs / 2)).answer(503, failed)
  assert.equal(onDisk(), undefined)
  await clock.advance(hourMs / 4 - 1)
  const again = await advance(1)
  assert.deepEqual(again.said, refreshOf('first'))
  await clock.advance(hourMs / 4)
  await again.answer(503, failed)
  await clock.advance(60_000 - 1)
  const last = await advance(1)
  await last.answer(200, enrollment('second', 1))
  assert.equal(onDisk()?.token, 'second')
  keeping.cancel()
})

test('a renewed enrollment that cannot be written is used all the same, and written once it can be', async () => {
  const { clock, enrollment, begin, onDisk, advance } = kept()
  // What stands in its way fails the write as a full or read-only disk does.
  const inTheWay = join(folder, 'enrollment.json')
  mkdirSync(inTheWay, { recursive: true })
  const keeping = begin(enrollment('first', 24))
  await (await advance(12 * hourMs)).answer(200, enrollment('second', 24))
  await clock.advance(60_000)
  rmSync(inTheWay, { recursive: true })
  assert.equal(onDisk(), undefined)
  await clock.advance(60_000)
  assert.equal(onDisk()?.token, 'second')
  assert.equal(clock.pending(), 1, 'only the next refresh is planned')
  const next = await advance(12 * hourMs)
  assert.deepEqual(next.said, refreshOf('second'))
  rmSync(inTheWay)
  mkdirSync(inTheWay)
  await next.answer(200, enrollment('third', 24))
  keeping.cancel()
  assert.equal(clock.pending(), 0, 'after the end nothing is written')
})

test('an answer that comes after the end is not kept, and nothing is planned any more', async () => {
  const { clock, enrollment, begin, onDisk, advance } = kept()
  const keeping = begin(enrollment('first', 24))
  const late = await advance(12 * hourMs)
  keeping.cancel()
  late.response.setHeader('connection', 'close')
  late.response.end(JSON.stringify(enrollment('second', 24)))
  // Its side closes the connection when it has the whole answer; a turn later it has used it.
  await until('the end of the connection', async () => {
    const open = await new Promise<number>((resolve) => router.getConnections((_, count) => resolve(count)))
    return open === 0 || undefined
  })
  await clock.advance(0)
  assert.equal(onDisk(), undefined)
  assert.equal(clock.pending(), 0)
})

test('an enrollment that does not serve is named with the reason', async () => {
  const agent = kept()
  const says = (change: Partial<EnrollOptions>, reason: RegExp) =>
    assert.rejects(agent.enroll({ joinKey: undefined, ...change }), { code: 'join_key_missing', message: reason })
  await says({}, /^This agent is not enrolled and has no join key\.$/)
  const came = once(asked, 'request')
  const enrolling = agent.enroll()
  const [, response] = (await came) as [IncomingMessage, ServerResponse]
  response.end(JSON.stringify(agent.enrollment('t', 24)))
  await enrolling
  assert.equal((await agent.enroll({ joinKey: undefined })).token, 't')
  await says({ registrationName: 'b' }, /enrollment\.json is the enrollment of "a", and this agent is "b"\. Undo that/)
  await says(
    { routerUrl: 'https://other' },
    /is the enrollment at http:\S+, and the router of this agent is https:\/\/other\./,
  )
  await says({ keys: newAgentKeys() }, /is the enrollment of other keys/)
  writeFileSync(join(folder, 'enrollment.json'), '{"signing', { mode: 0o600 })
  await says({}, /enrollment\.json is damaged/)
})

test('a router behind a path is asked below that path, to enroll, to refresh and to enroll again', async () => {
  for (const path of ['/gateway/xerotier', '/gateway/xerotier/']) {
    const { clock, enrollment, enroll, begin, advance } = kept(path)
    const came = once(asked, 'request')
    const enrolling = enroll()
    const [first, response] = (await came) as [IncomingMessage, ServerResponse]
    response.end(JSON.stringify(enrollment('first', 24)))
    const keeping = begin(await enrolling)
    const refresh = await advance(12 * hourMs)
    // The answer comes when the token is over.
    await clock.advance(12 * hourMs)
    const again = once(asked, 'request')
    refresh.response.writeHead(401).end('{}')
    const [last, answer] = (await again) as [IncomingMessage, ServerResponse]
    answer.end(JSON.stringify(enrollment('second', 24)))
    await until('the next plan', () => clock.pending() > 0 || undefined)
    keeping.cancel()
    assert.deepEqual(
      [first.url, refresh.said[1], last.url],
      ['/v1/enroll', '/v1/enroll/refresh', '/v1/enroll/again'].map((route) => `/gateway/xerotier${route}`),
    )
    rmSync(folder, { recursive: true })
  }
})

test('who is refused for now asks again when the router said, each of a fleet at a time of its own', async () => {
  const busy = { error: { message: 'busy', type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null } }
  const waits: number[] = []
  for (const chance of [0, 0.75]) {
    const { clock, enroll, enrollment } = kept()
    const first = once(asked, 'request')
    const enrolling = enroll({ chance: () => chance })
    const [, refused] = (await first) as [IncomingMessage, ServerResponse]
    refused.writeHead(429, { 'retry-after': '7' }).end(JSON.stringify(busy))
    await until('the next plan', () => clock.pending() > 0 || undefined)
    const again = once(asked, 'request')
    const from = clock.monotonic()
    await clock.advance(7_000)
    assert.equal(clock.pending(), 1, 'it asked sooner than it was told')
    await clock.advance(1_000)
    waits.push(clock.monotonic() - from)
    const [, taken] = (await again) as [IncomingMessage, ServerResponse]
    taken.writeHead(200).end(JSON.stringify(enrollment('first', 24)))
    assert.equal((await enrolling).token, 'first')
    rmSync(folder, { recursive: true, force: true })
  }
})

test('agents that were enrolled at once renew their tokens at times of their own', async () => {
  for (const [chance, hours] of [
    [0, 4],
    [0.5, 5],
    [0.75, 5.5],
  ] as const) {
    const { clock, enrollment, begin, advance } = kept()
    const keeping = begin(enrollment('first', 10), { chance: () => chance })
    await clock.advance(hours * hourMs - 1)
    assert.equal(clock.pending(), 1)
    await (await advance(1)).answer(200, enrollment('second', 10))
    keeping.cancel()
  }
})
