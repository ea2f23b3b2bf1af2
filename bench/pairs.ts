// `node bench/pairs.ts <folder of another checkout>`: the echo of this checkout and of another,
// both running, in windows that alternate, so that what the machine does meanwhile meets both. Both
// are started anew several times: how calls fall into batches differs from start to start.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { createBench } from './bench.ts'
import { type Cleanup, createCleanup } from './cleanup.ts'
import { closedLoop, median, quantile } from './closed-loop.ts'
import { type EchoCalls, openEchoCalls } from './echo-calls.ts'
import { cpuSeconds, ownCpuSeconds } from './proc.ts'
import { columns } from './table.ts'

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    pairs: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '2' },
    'in-flight': { type: 'string', multiple: true, default: ['64', '1'] },
  },
  allowPositionals: true,
})
const [other] = positionals
if (other === undefined) {
  console.error(
    'node bench/pairs.ts <folder of another checkout, set up> [--rounds 4] [--pairs 6] [--seconds 2] [--in-flight 64]...',
  )
  process.exit(2)
}
const rounds = Number(values.rounds)
const pairs = Number(values.pairs)
const ms = Number(values.seconds) * 1_000

interface Side {
  calls: EchoCalls
  /** CPU seconds so far. */
  cpu(): Record<'router' | 'postgres' | 'agent', number>
}

/** One window: what the calls took, and what each process spent on one. */
interface Window {
  perSecond: number
  p50: number
  p99: number
  router: number
  postgres: number
  agent: number
}

/** As long as in bench/echo.ts. */
const warmUpMs = 10_000

const running = new Set<Cleanup>()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(
    signal,
    () => void Promise.all([...running].map((cleanup) => cleanup.run())).then(() => process.exit(130)),
  )
}

/** Starts router and agent of a checkout by its own bench. */
async function open(folder: string, cleanup: Cleanup): Promise<Side> {
  const bench = (await import(join(resolve(folder), 'bench/bench.ts'))) as { createBench: typeof createBench }
  const { router, agent, workspace } = await bench.createBench(cleanup, {}).system()
  return {
    calls: openEchoCalls(router, workspace, 64),
    cpu: () => ({
      router: ownCpuSeconds(router.process.pid),
      postgres: cpuSeconds(router.postgres.pid),
      agent: ownCpuSeconds(agent.process.pid),
    }),
  }
}

async function measure({ calls, cpu }: Side, inFlight: number): Promise<Window> {
  const before = cpu()
  const timings = await closedLoop(inFlight, { ms }, calls.call)
  const after = cpu()
  const each = (name: keyof typeof after) => ((after[name] - before[name]) / timings.calls) * 1e6
  return { ...timings, router: each('router'), postgres: each('postgres'), agent: each('agent') }
}

/** The border of the best quarter: what else the machine does only ever makes a window worse. */
const best = (windows: readonly Window[], key: keyof Window) =>
  quantile(
    windows.map((window) => window[key]),
    key === 'perSecond' ? 0.75 : 0.25,
  )

function print(inFlight: number, windows: readonly [Window, Window][]): void {
  const ours = windows.map(([window]) => window)
  const theirs = windows.map(([, window]) => window)
  const row = (key: keyof Window, digits: number) => [
    key,
    best(ours, key).toFixed(digits),
    best(theirs, key).toFixed(digits),
    (best(ours, key) / best(theirs, key)).toFixed(3),
    median(windows.map(([one, two]) => one[key] / two[key])).toFixed(3),
  ]
  console.log(`\n${inFlight} in flight, the best quarter of ${windows.length} pairs of windows of ${values.seconds} s`)
  const table = columns(
    [
      ['', 'this', 'other', 'ratio', 'median ratio of a pair'],
      row('perSecond', 0),
      row('p50', 2),
      row('p99', 2),
      row('router', 1),
      row('postgres', 1),
      row('agent', 1),
    ],
    [1, 2, 3, 4],
  )
  for (const line of table) console.log(line)
}

/** Both anew, windows of each in turn. */
async function round(count: number, inFlight: number, windows: [Window, Window][]): Promise<void> {
  const cleanup = createCleanup()
  running.add(cleanup)
  try {
    // Who is first changes, so that nobody always follows the other.
    const folders = count % 2 === 0 ? ['.', other!] : [other!, '.']
    const [one, two] = [await open(folders[0]!, cleanup), await open(folders[1]!, cleanup)]
    const [here, there] = count % 2 === 0 ? [one, two] : [two, one]
    // In turns too: one that rests after its warm-up loses some of it.
    for (let warm = 0; warm < warmUpMs; warm += ms)
      for (const side of [one, two]) await closedLoop(inFlight, { ms }, side.calls.call)
    for (let pair = 0; pair < pairs; pair++) {
      const first = pair % 2 === 0 ? here : there
      const earlier = await measure(first, inFlight)
      const later = await measure(first === here ? there : here, inFlight)
      windows.push(first === here ? [earlier, later] : [later, earlier])
    }
    await here.calls.close()
    await there.calls.close()
  } finally {
    await cleanup.run()
    running.delete(cleanup)
  }
}

for (const inFlight of values['in-flight'].map(Number)) {
  const windows: [Window, Window][] = []
  for (let count = 0; count < rounds; count++) await round(count, inFlight, windows)
  print(inFlight, windows)
}
process.exit(0)
