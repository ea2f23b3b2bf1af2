// Submit to result visible to the submitter, one and 64 in flight.
import type { Bench, System } from './bench.ts'
import { closedLoop, type Timings } from './closed-loop.ts'
import { type EchoCalls, openEchoCalls } from './echo-calls.ts'
import type { Figure, Report } from './figure.ts'
import { type Floors, measureFloors } from './floors.ts'
import { reportMs, watchPostgres } from './postgres-counters.ts'
import { cpuSeconds, ownCpuSeconds } from './proc.ts'
import { columns, shown } from './table.ts'

const many = 64
/**
 * V8 is still compiling the router for this long: a
 * fresh one does two thirds of what a warm one does.
 */
const warmUpMs = 10_000

export async function measureEcho(bench: Bench): Promise<Report> {
  const system = await bench.system()
  const calls = openEchoCalls(system.router, system.workspace, many)
  try {
    const floorsAlone = await bench.floorsAlone()
    const crowd = await crowded(system, calls)
    await closedLoop(1, { calls: 300 }, calls.call)
    const alone = await closedLoop(1, { calls: 1_000 }, calls.call)
    const floorsMany = await measureFloors(bench.cleanup, system.router.postgres.url, calls, many, 2_000)
    return {
      figures: [...aloneFigures(alone, floorsAlone), ...crowdFigures(crowd.timings, floorsMany)],
      lines: [...floorLines(floorsAlone, floorsMany), '', ...crowd.lines],
    }
  } finally {
    await calls.close()
  }
}

function aloneFigures({ p50, p99 }: Timings, floors: Floors): Figure[] {
  const sum = (of: (timings: Timings) => number) => of(floors.http) + of(floors.curve) + 2 * of(floors.insert)
  const of = 'HTTP no-op + CURVE round trip + 2 durable inserts'
  return [
    {
      name: 'echo, 1 in flight, p50',
      value: p50,
      unit: 'ms',
      floor: { value: sum((timings) => timings.p50), of },
      target: { atMost: 2 },
    },
    { name: 'echo, 1 in flight, p99', value: p99, unit: 'ms', floor: { value: sum((timings) => timings.p99), of } },
  ]
}

function crowdFigures({ perSecond, p50, p99 }: Timings, floors: Floors): Figure[] {
  const of = 'durable inserts, one a statement'
  return [
    {
      name: 'echo, 64 in flight, executions',
      value: perSecond,
      unit: '/s',
      floor: { value: floors.insert.perSecond, of },
      target: { atLeast: 4_000 },
    },
    { name: 'echo, 64 in flight, p50', value: p50, unit: 'ms', floor: { value: floors.insert.p50, of } },
    {
      name: 'echo, 64 in flight, p99',
      value: p99,
      unit: 'ms',
      floor: { value: floors.insert.p99, of },
      target: { atMost: 40 },
    },
  ]
}

function floorLines(alone: Floors, crowd: Floors): string[] {
  const row = (name: string, one: Timings, all: Timings) => [
    name,
    shown(one.p50, 'ms'),
    shown(one.p99, 'ms'),
    shown(all.perSecond, '/s'),
    shown(all.p50, 'ms'),
    shown(all.p99, 'ms'),
  ]
  return columns(
    [
      ['floors', 'p50 alone', 'p99 alone', `at ${many}`, 'p50', 'p99'],
      row('durable insert of 1 KB, unix socket', alone.insert, crowd.insert),
      row('HTTP no-op, same client', alone.http, crowd.http),
      row('CURVE round trip of 1 KB', alone.curve, crowd.curve),
    ],
    [1, 2, 3, 4, 5],
  )
}

async function crowded({ router, agent }: System, calls: EchoCalls): Promise<{ timings: Timings; lines: string[] }> {
  const watch = await watchPostgres(router.postgres.url)
  try {
    await settleCounters(calls)
    const before = await watch.read()
    const warm = await closedLoop(many, { ms: warmUpMs }, calls.call)
    const processes = {
      router: () => ownCpuSeconds(router.process.pid),
      postgres: () => cpuSeconds(router.postgres.pid),
      agent: () => ownCpuSeconds(agent.process.pid),
      client: () => ownCpuSeconds(process.pid),
    }
    const from = Object.values(processes).map((read) => read())
    const start = performance.now()
    const timings = await closedLoop(many, { ms: 10_000 }, calls.call)
    const seconds = (performance.now() - start) / 1000
    const cores = Object.values(processes).map((read, index) => (read() - from[index]!) / seconds)
    const microseconds = (value: number) => shown((value / timings.perSecond) * 1e6, '')
    const kick = await settleCounters(calls)
    const after = await watch.read()
    const total = warm.calls + timings.calls + kick
    const perCall = (key: keyof typeof after) => (after[key] - before[key]) / total
    const table = columns(
      [
        [`CPU at ${many}`, ...Object.keys(processes), 'all but client'],
        ['cores', ...cores.map((value) => shown(value, '')), shown(ours(cores), '')],
        ['µs a call', ...cores.map(microseconds), microseconds(ours(cores))],
      ],
      [1, 2, 3, 4, 5],
    )
    return {
      timings,
      lines: [
        ...table,
        '',
        `a call at ${many}: ${perCall('walSyncs').toFixed(3)} WAL syncs, ${perCall('commits').toFixed(3)} commits ` +
          `(${(2 / perCall('commits')).toFixed(1)} steps a commit), ${shown(perCall('walBytes') / 1024, 'KB')} of WAL`,
      ],
    }
  } finally {
    await watch.close()
  }
}

/** Makes every lane's backend report what it has counted. @returns how many calls that took */
async function settleCounters(calls: EchoCalls): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, reportMs))
  return (await closedLoop(many, { calls: 2 * many }, calls.call)).calls
}

/** Without the client, which is last. */
const ours = (cores: readonly number[]) => cores.slice(0, -1).reduce((total, value) => total + value, 0)
