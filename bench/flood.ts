// One address sends whatever it can; another asks `/healthz` meanwhile.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Bench } from './bench.ts'
import type { Figure, Report } from './figure.ts'
import { residentBytes } from './proc.ts'
import { type RouterUnderTest, startRouter } from './system.ts'

interface Flood {
  sockets: number
  /** On each of them, before any answer is read. */
  requests: number
  /** One request, as it stands on the wire. */
  request: string
  /** The last byte of each socket comes when all the rest is there. */
  holdBack?: boolean
}

export interface ForkedFlood extends Flood {
  port: number
  from: string
  /** At most. */
  ms: number
}

const asShipped = {
  XEROTIER_REQUESTS_PER_MINUTE: String(limits.requestsPerMinutePerKey),
  XEROTIER_PUBLIC_REQUESTS_PER_MINUTE: String(limits.publicRequestsPerMinute),
}
const target = { atMost: 250 }
const longest = 20_000
const MiB = 1024 * 1024

export async function measureFlood(bench: Bench): Promise<Report> {
  const figures: Figure[] = []
  const lines: string[] = []
  for (const [name, floodOf] of Object.entries(floods)) {
    // A router for each, as not all of them have to survive it.
    const router = await startRouter(bench.cleanup, { ...bench.programs.router, env: asShipped })
    await router.client.call('workspaces.create', { body: { name: 'flooded' } })
    const flood = floodOf(router)
    const { worst, answers, cut, seconds, grown } = await flooded(router, flood)
    await router.process.stop()
    figures.push({ name: `/healthz beside ${name}`, value: worst, unit: 'ms', target })
    const sent = flood.sockets * flood.requests
    lines.push(
      `${name}: ${answers} of ${sent} answered in ${seconds.toFixed(1)} s, ${cut} of ${flood.sockets} connections cut, ${grown.toFixed(0)} MB more`,
    )
  }
  return { figures, lines }
}

const host = 'Host: router\r\n'
const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\n${host}${more}\r\n`
const post = (path: string, body: string, more = '') =>
  `POST ${path} HTTP/1.1\r\n${host}${more}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const bearer = (key: string) => `Authorization: Bearer ${key}\r\n`
/** Below the root of the server: `/bench/v1`. */
const project = ({ baseUrl }: RouterUnderTest) => new URL(baseUrl).pathname
const large = JSON.stringify({ workspace: 'none', tool: 't', args: { list: Array(150_000).fill(12345) } })

/** What a policy of many rules that look at it all would say of a call. */
const deliberation = JSON.stringify({
  workspace: 'flooded',
  tool: 't',
  risk: 'write',
  args: { list: Array(150_000).fill(12345) },
  document: {
    rules: Array.from({ length: 50 }, (_, n) => ({
      name: `rule-${n}`,
      when: `args.list.exists(one, one == ${n})`,
      then: { refuse: 'no' },
    })),
  },
})

const floods: Record<string, (router: RouterUnderTest) => Flood> = {
  quiet: () => ({ sockets: 1, requests: 1, request: get('/healthz') }),
  '1 × 100 /openapi.json': () => ({ sockets: 1, requests: 100, request: get('/openapi.json') }),
  '1 × 1,500 /openapi.json': () => ({ sockets: 1, requests: 1_500, request: get('/openapi.json') }),
  '20 × 3,000 /openapi.json': () => ({ sockets: 20, requests: 3_000, request: get('/openapi.json') }),
  '200 × 3,000 /healthz': () => ({ sockets: 200, requests: 3_000, request: get('/healthz') }),
  '20 × 1,000 /readyz': () => ({ sockets: 20, requests: 1_000, request: get('/readyz') }),
  '20 × 1,000 /metrics': () => ({ sockets: 20, requests: 1_000, request: get('/metrics') }),
  '200 × 1,000 without a Host': () => ({ sockets: 200, requests: 1_000, request: 'GET / HTTP/1.1\r\n\r\n' }),
  '20 × 1,000 keys that are none': (router) => ({
    sockets: 20,
    requests: 1_000,
    request: get(`${project(router)}/workspaces`, bearer(`xero_bench_${'a'.repeat(32)}`)),
  }),
  '1 × 2,000 GETs with a key': (router) => ({
    sockets: 1,
    requests: 2_000,
    request: get(`${project(router)}/workspaces`, bearer(router.apiKey)),
  }),
  '20 × 2,000 GETs with a key': (router) => ({
    sockets: 20,
    requests: 2_000,
    request: get(`${project(router)}/workspaces`, bearer(router.apiKey)),
  }),
  '200 × 1 MB enrollments at once': () => ({
    sockets: 200,
    requests: 1,
    request: post('/v1/enroll', large),
    holdBack: true,
  }),
  '200 × 1 MB calls with a key at once': (router) => ({
    sockets: 200,
    requests: 1,
    request: post(`${project(router)}/exec/invocations`, large, bearer(router.apiKey)),
    holdBack: true,
  }),
  '300 × policies with a key at once': (router) => ({
    sockets: 300,
    requests: 1,
    request: post(`${project(router)}/approvals/policies/test`, deliberation, bearer(router.apiKey)),
    holdBack: true,
  }),
  '3,000 connections': () => ({ sockets: 3_000, requests: 1, request: get('/healthz') }),
}

async function flooded(router: RouterUnderTest, flood: Flood) {
  const before = residentBytes(router.process.pid)
  const settings: ForkedFlood = {
    ...flood,
    port: Number(new URL(router.baseUrl).port),
    from: '127.0.0.2',
    ms: longest,
  }
  const attacker = fork(join(import.meta.dirname, 'processes/flood.ts'))
  const ended = once(attacker, 'exit')
  let told: { answers: number; cut: number } = { answers: 0, cut: 0 }
  attacker.on('message', (message) => {
    if (typeof message === 'object') told = message as typeof told
  })
  const url = new URL('/healthz', router.baseUrl)
  for (let warm = 0; warm < 100; warm++) await answered(url)
  attacker.send(settings)
  const started = performance.now()
  const seen = { worst: 0, peak: before }
  let over = false
  void ended.then(() => {
    over = true
  })
  while (!over) {
    const from = performance.now()
    // One that is turned away asks again: it waits until somebody answers.
    while (!(await answered(url)) && router.process.running());
    seen.worst = router.process.running() ? Math.max(seen.worst, performance.now() - from) : Number.POSITIVE_INFINITY
    if (!router.process.running()) break
    seen.peak = Math.max(seen.peak, residentBytes(router.process.pid))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  attacker.kill('SIGKILL')
  const seconds = (performance.now() - started) / 1000
  return { ...told, worst: seen.worst, seconds, grown: (seen.peak - before) / MiB }
}

async function answered(url: URL): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(longest) })).arrayBuffer()
    return true
  } catch {
    return false
  }
}
