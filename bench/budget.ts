// Where the time of one call goes, hop by hop, on the clock
// that all processes share; and how much leaves together at 64.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, startSystem } from './bench.ts'
import { closedLoop, median, quantile } from './closed-loop.ts'
import { openEchoCalls } from './echo-calls.ts'
import type { Report } from './figure.ts'
import { type Floors, measureSignatures } from './floors.ts'
import { type Marks, monotonicMs } from './processes/marks.ts'
import { columns, shown } from './table.ts'

const warmUp = 300
const calls = 1_500
const many = 64
/** About the size of a result message: 1 KB of payload and its frame. */
const signedBytes = 1_500

interface Hop {
  name: string
  /** From the end of the hop before to this moment. */
  until: string
  floor?: (floors: Floors) => { value: number; of: string }
}

const halfHttp = ({ http }: Floors) => ({ value: http.p50 / 2, of: 'half of an HTTP no-op' })
const halfCurve = ({ curve }: Floors) => ({ value: curve.p50 / 2, of: 'half of a CURVE round trip' })
const insert = ({ insert }: Floors) => ({ value: insert.p50, of: 'a durable insert' })

/** In the order of a call. The clock starts when the client sends. */
const hops: readonly Hop[] = [
  { name: 'client sends -> Fastify -> API key known', until: 'authenticated', floor: halfHttp },
  { name: 'body, schema, arguments, digest, agent chosen', until: 'submit begins' },
  { name: 'durable insert, execution + event', until: 'submit is durable', floor: insert },
  { name: 'digest again, frame queued', until: 'dispatch queued' },
  { name: 'msgpack, CURVE -> agent, unpacked and validated', until: 'dispatch received', floor: halfCurve },
  { name: 'agent: digest, schema, echo', until: 'result known' },
  { name: 'Ed25519 sign, CURVE -> router, verified, validated', until: 'settle begins', floor: halfCurve },
  { name: 'durable update, execution + event', until: 'settle is durable', floor: insert },
  { name: 'waiter told', until: 'waiter told' },
  { name: 'answer written -> HTTP -> client has it', until: 'answered', floor: halfHttp },
]

export async function measureBudget(bench: Bench): Promise<Report> {
  const floors = await bench.floorsAlone()
  const script = (name: string) => join(import.meta.dirname, `processes/${name}.ts`)
  const files = { router: `${bench.folder}/router-marks.json`, agent: `${bench.folder}/agent-marks.json` }
  const { router, agent, workspace } = await startSystem(bench.cleanup, {
    router: { script: script('router'), env: { XEROTIER_BENCH_MARKS: files.router } },
    agent: { script: script('agent'), env: { XEROTIER_BENCH_MARKS: files.agent } },
  })
  const echo = openEchoCalls(router, workspace, many)
  const noted = (into: Ends) => async () => {
    const at = monotonicMs()
    const text = await echo.call()
    const until = monotonicMs()
    into.set((JSON.parse(text) as { id: string }).id, [at, until])
  }
  const alone: Ends = new Map()
  await closedLoop(1, { calls: warmUp }, echo.call)
  await closedLoop(1, { calls }, noted(alone))
  const crowd: Ends = new Map()
  await closedLoop(many, { ms: 5_000 }, echo.call)
  const from = monotonicMs()
  await closedLoop(many, { ms: 3_000 }, noted(crowd))
  const until = monotonicMs()
  await echo.close()
  // They write their marks when they end.
  await agent.process.stop()
  await router.process.stop()
  const marks = { ...read(files.router), ...read(files.agent) }
  const steps = new Map(Object.entries(marks).map(([step, moments]) => [step, new Map(moments)]))
  const lines = budget(hopsOf(alone, steps), hopsOf(crowd, steps), floors)
  return { figures: [], lines: [...lines, '', batches(marks, from, until, crowd.size)] }
}

/** When the client sent each call and when it had the answer. */
type Ends = Map<string, [sent: number, answered: number]>

/** Durations by hop, and of the whole, of each call. */
interface Durations {
  hops: number[][]
  whole: number[]
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Marks

function hopsOf(ends: Ends, steps: Map<string, Map<string, number>>): Durations {
  const durations: Durations = { hops: hops.map(() => []), whole: [] }
  for (const [id, [sent, answered]] of ends) {
    let before = sent
    hops.forEach(({ until }, hop) => {
      const at = until === 'answered' ? answered : steps.get(until)?.get(id)
      if (at === undefined) throw new Error(`of call ${id} it is not known when it was ${until}`)
      durations.hops[hop]!.push(at - before)
      before = at
    })
    durations.whole.push(answered - sent)
  }
  return durations
}

function budget(alone: Durations, crowd: Durations, floors: Floors): string[] {
  // Which key belongs to which call is not known there, so the first two hops are one.
  const together = crowd.hops[0]!.map((first, call) => first + crowd.hops[1]![call]!)
  const atMany = ['', shown(median(together), 'ms'), ...crowd.hops.slice(2).map((times) => shown(median(times), 'ms'))]
  const rows = hops.map(({ name, floor }, hop) => {
    const least = floor?.(floors)
    const leastShown = least === undefined ? ['', ''] : [shown(least.value, 'ms'), least.of]
    return [name, ...timesOf(alone.hops[hop]!), atMany[hop]!, ...leastShown]
  })
  const { sign, verify } = measureSignatures(signedBytes)
  return [
    ...columns(
      [
        [
          `the budget of one call (${alone.whole.length} calls)`,
          'p50',
          'p99',
          `p50 at ${many}`,
          'floor',
          'the floor is',
        ],
        ...rows,
        ['sum of the medians', shown(sum(alone.hops.map(median)), 'ms'), '', '', '', ''],
        ['whole call', ...timesOf(alone.whole), shown(median(crowd.whole), 'ms'), '', ''],
      ],
      [1, 2, 3, 4],
    ),
    `Every hop is measured. Signatures of ${signedBytes} bytes here: sign ${shown(sign, 'µs')}, verify ${shown(verify, 'µs')}.`,
  ]
}

function timesOf(times: readonly number[]): [string, string] {
  return [`${median(times).toFixed(3)} ms`, shown(quantile(times, 0.99), 'ms')]
}

/** How many frames left in one message. */
function batches(marks: Marks, from: number, until: number, calls: number): string {
  const within = (step: string) => (marks[step] ?? []).filter(([, at]) => at >= from && at < until).length
  const out = (2 * calls) / within('message to the agent')
  const back = calls / within('message to the router')
  return (
    `batches at ${many}, ${shown(calls / ((until - from) / 1000), '/s')} with the marks: ` +
    `${out.toFixed(1)} frames a message to the agent (dispatches and acknowledgements), ` +
    `${back.toFixed(1)} a message to the router (results)`
  )
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
