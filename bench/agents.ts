// What a fleet costs its router: idle, at work, and when it comes back all at once.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Bench } from './bench.ts'
import { closedLoop } from './closed-loop.ts'
import { openEchoCalls } from './echo-calls.ts'
import type { Figure, Report } from './figure.ts'
import { settledBytes } from './memory.ts'
import { cpuSeconds, ownCpuSeconds } from './proc.ts'
import type { LinksSettings } from './processes/links.ts'
import { type RouterUnderTest, startRouter } from './system.ts'
import { untilAnswered } from './until-answered.ts'

/** Set it for another fleet: the bars are those of 1,000, and of 3,000 for the return. */
const agents = Number(process.env.XEROTIER_BENCH_AGENTS ?? 1_000)
const perProcess = 500
const toolsEach = 20
/** From one record of an agent's lease to the next (record-leases.ts): one of each in the while. */
const idleSeconds = 80
/** Backends say what they have written when they are idle, and not before these have passed. */
const statisticsSeconds = 15
const callSeconds = 5
/** Of the calls that share what they can. */
const inFlight = 64
const KiB = 1024

export async function measureAgents(bench: Bench): Promise<Report> {
  const router = await startRouter(bench.cleanup, bench.programs.router)
  const before = await settledBytes(router.process.pid)
  const began = performance.now()
  const crowds = await startCrowds(bench, router)
  const joined = (performance.now() - began) / 1000
  const figures: Figure[] = [
    {
      name: `router, each of ${agents} agents with ${toolsEach} tools`,
      value: ((await settledBytes(router.process.pid)) - before) / agents / KiB,
      unit: 'KB',
      target: { atMost: 150 },
    },
    ...(await idleFigures(router)),
    ...(await callFigures(router)),
    ...(await returnFigures(router)),
  ]
  for (const crowd of crowds) crowd.kill('SIGKILL')
  return {
    figures,
    lines: [`${agents} agents enrolled and came online in ${joined.toFixed(0)} s, eight a process at a time`],
  }
}

/** Starts them all; resolves when all are online. */
async function startCrowds(bench: Bench, router: RouterUnderTest): Promise<ChildProcess[]> {
  const firsts = Array.from({ length: Math.ceil(agents / perProcess) }, (_, index) => index * perProcess)
  return Promise.all(
    firsts.map(async (first) => {
      const settings: LinksSettings = {
        baseUrl: router.baseUrl,
        apiKey: router.apiKey,
        agents: Math.min(perProcess, agents - first),
        first,
        tools: toolsEach,
      }
      const crowd = fork(join(import.meta.dirname, 'processes/links.ts'), {
        env: { PATH: process.env.PATH, XEROTIER_BENCH_SETTINGS: JSON.stringify(settings) },
      })
      bench.cleanup.defer(() => void crowd.kill('SIGKILL'))
      const ended = once(crowd, 'exit').then(([code]) => {
        throw new Error(`the agents ended with ${code}`)
      })
      ended.catch(() => {})
      await Promise.race([once(crowd, 'message'), ended])
      return crowd
    }),
  )
}

async function idleFigures({ process, postgres }: RouterUnderTest): Promise<Figure[]> {
  // Else what the fleet wrote when it enrolled would count as written while it is idle.
  await new Promise((resolve) => setTimeout(resolve, statisticsSeconds * 1000))
  const rows = await watchRows(postgres.url)
  const [router, database, written] = [ownCpuSeconds(process.pid), cpuSeconds(postgres.pid), await rows.written()]
  await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000))
  const cores = (after: number, before: number) => (after - before) / idleSeconds
  const figures: Figure[] = [
    {
      name: 'router, idle',
      value: cores(ownCpuSeconds(process.pid), router),
      unit: 'cores',
      target: { atMost: 0.1 },
    },
    { name: 'Postgres, idle', value: cores(cpuSeconds(postgres.pid), database), unit: 'cores' },
    {
      name: 'rows written an idle minute',
      value: ((await rows.written()) - written) * (60 / idleSeconds),
      unit: '',
      target: { atMost: 1_000 },
    },
  ]
  await rows.close()
  return figures
}

async function watchRows(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    async written() {
      const { rows } = await client.query<{ written: string }>(
        'select sum(n_tup_ins + n_tup_upd + n_tup_del) as written from pg_stat_user_tables',
      )
      return Number(rows[0]?.written)
    },
    close: () => client.end(),
  }
}

interface Rate {
  perSecond: number
  cpuMicroseconds: number
}

async function callFigures(router: RouterUnderTest): Promise<Figure[]> {
  const names = Array.from({ length: agents }, (_, index) => `bench-link-${index}`)
  const figures: Figure[] = []
  const together = new Map<number, number>()
  const single = new Map<number, number>()
  for (const size of [1, inFlight, agents]) {
    const workspace = `bound-to-${size}`
    await bind(router, workspace, names.slice(0, size))
    const alone = await rate(router, workspace, 1)
    const many = await rate(router, workspace, inFlight)
    single.set(size, alone.cpuMicroseconds)
    together.set(size, many.cpuMicroseconds)
    figures.push(
      { name: `router CPU a call, ${size} bound, 1 in flight`, value: alone.cpuMicroseconds, unit: 'µs' },
      { name: `${inFlight} in flight, ${size} bound`, value: many.perSecond, unit: '/s' },
      { name: `router CPU a call, ${size} bound, ${inFlight} in flight`, value: many.cpuMicroseconds, unit: 'µs' },
    )
  }
  const ratio = (of: Map<number, number>, to: number) => (of.get(agents) ?? Number.NaN) / (of.get(to) ?? Number.NaN)
  const name = 'router CPU a call'
  const target = { atMost: 1.2 }
  return [
    ...figures,
    // Like with like: each call is a message of its own, with a signature of its own.
    { name: `${name}, ${agents} bound / 1, 1 in flight`, value: ratio(single, 1), unit: '', target },
    {
      name: `${name}, ${agents} bound / ${inFlight}, ${inFlight} in flight`,
      value: ratio(together, inFlight),
      unit: '',
      target,
    },
    // Here one agent's calls share messages and signatures, which those of many cannot.
    { name: `${name}, ${agents} bound / 1, ${inFlight} in flight`, value: ratio(together, 1), unit: '', target },
  ]
}

async function bind({ client }: RouterUnderTest, workspace: string, names: string[]): Promise<void> {
  await client.call('workspaces.create', { body: { name: workspace } })
  const waiting = [...names]
  const bindOne = (agent: string) => client.call('workspaces.bind', { params: { id: workspace }, body: { agent } })
  const next = async () => {
    for (let agent = waiting.pop(); agent !== undefined; agent = waiting.pop())
      // The router may close a connection that was idle at the moment at which it is used again.
      await bindOne(agent).catch(() => bindOne(agent))
  }
  await Promise.all(Array.from({ length: 8 }, next))
}

async function rate(router: RouterUnderTest, workspace: string, inFlight: number): Promise<Rate> {
  const calls = openEchoCalls(router, workspace, inFlight)
  try {
    await closedLoop(inFlight, { ms: callSeconds * 500 }, calls.call)
    const before = ownCpuSeconds(router.process.pid)
    const { calls: made, perSecond } = await closedLoop(inFlight, { ms: callSeconds * 1000 }, calls.call)
    return { perSecond, cpuMicroseconds: ((ownCpuSeconds(router.process.pid) - before) * 1e6) / made }
  } finally {
    await calls.close()
  }
}

/** Kills the router, and looks at how its fleet comes back to the next one. */
async function returnFigures(before: RouterUnderTest): Promise<Figure[]> {
  const router = await before.killed()
  const from = performance.now()
  const seconds = () => (performance.now() - from) / 1000
  const [first, all] = await Promise.all([firstCall(router).then(seconds), allBack(router).then(seconds)])
  return [
    { name: 'router killed: first call after', value: first * 1000, unit: 'ms', target: { atMost: 2_000 } },
    {
      name: 'router killed: all agents back after',
      value: all * 1000,
      unit: 'ms',
      target: { atMost: agents <= 1_000 ? 10_000 : 30_000 },
    },
    { name: 'router killed: duties that failed', value: failedDuties(router), unit: '', target: { atMost: 0 } },
  ]
}

async function firstCall(router: RouterUnderTest): Promise<void> {
  const calls = openEchoCalls(router, `bound-to-${agents}`, 1)
  await untilAnswered('the first call', router.process, () => calls.call().catch(() => undefined), 120_000)
  await calls.close()
}

async function allBack(router: RouterUnderTest): Promise<void> {
  const metrics = new URL('/metrics', router.baseUrl)
  const look = async () => {
    // Not as often as it can: a look costs what is measured.
    await new Promise((resolve) => setTimeout(resolve, 200))
    const text = await (await fetch(metrics)).text()
    return Number(/agents_online (\d+)/.exec(text)?.[1]) >= agents ? true : undefined
  }
  await untilAnswered('all agents to be back', router.process, look, 120_000)
}

function failedDuties({ log }: RouterUnderTest): number {
  return readFileSync(log, 'utf8').split('"a duty failed"').length - 1
}
