// Where the time of one call goes, hop by hop, on the clock that all processes share; and how much leaves together at 64.
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
  const sent = new Map<string, number>()
  const answered = new Map<string, number>()
  const call = async () => {
    const at = monotonicMs()
    const text = await echo.call()
    const until = monotonicMs()
    const id = (JSON.parse(text) as { id: string }).id
    sent.set(id, at)
    answered.set(id, until)
  }
  await closedLoop(1, { calls: warmUp }, echo.call)
  await closedLoop(1, { calls }, call)
  await closedLoop(many, { ms: 1_000 }, echo.call)
  const crowd = { from: monotonicMs(), until: 0, calls: 0 }
  crowd.calls = (await closedLoop(many, { ms: 3_000 }, echo.call)).calls
  crowd.until = monotonicMs()
  await echo.close()
  // They write their marks when they end.
  await agent.process.stop()
  await router.process.stop()
  const marks = { ...read(files.router), ...read(files.agent) }
  return { figures: [], lines: [...budget(marks, sent, answered, floors), '', ...batches(marks, crowd)] }
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Marks

function budget(marks: Marks, sent: Map<string, number>, answered: Map<string, number>, floors: Floors): string[] {
  const at = new Map(Object.entries(marks).map(([step, moments]) => [step, new Map(moments)]))
  at.set('answered', answered)
  const times = hops.map((): number[] => [])
  const whole: number[] = []
  for (const [id, start] of sent) {
    const moments = hops.map(({ until }) => at.get(until)?.get(id))
    if (moments.includes(undefined)) throw new Error(`call ${id} lacks ${hops[moments.indexOf(undefined)]!.until}`)
    moments.forEach((moment, hop) => {
      times[hop]!.push(moment! - (moments[hop - 1] ?? start))
    })
    whole.push(moments.at(-1)! - start)
  }
  const rows = hops.map(({ name, floor }, hop) => {
    const least = floor?.(floors)
    return [name, ...timesOf(times[hop]!), least === undefined ? '' : shown(least.value, 'ms'), least?.of ?? '']
  })
  const { sign, verify } = measureSignatures(signedBytes)
  return [
    ...columns(
      [
        [`the budget of one call (${whole.length} calls, one in flight)`, 'p50', 'p99', 'floor', 'the floor is'],
        ...rows,
        ['sum of the medians', shown(sum(times.map(median)), 'ms'), '', '', ''],
        ['whole call', ...timesOf(whole), '', ''],
      ],
      [1, 2, 3],
    ),
    `Every hop is measured. Signatures of ${signedBytes} bytes here: sign ${shown(sign, 'µs')}, verify ${shown(verify, 'µs')}.`,
  ]
}

function timesOf(times: readonly number[]): [string, string] {
  return [`${median(times).toFixed(3)} ms`, shown(quantile(times, 0.99), 'ms')]
}

/** How many frames left in one message. */
function batches(marks: Marks, { from, until, calls }: { from: number; until: number; calls: number }): string[] {
  const within = (step: string) => (marks[step] ?? []).filter(([, at]) => at >= from && at < until)
  const out = within('message to the agent').length
  const back = within('message to the router').length
  return [
    `batches at ${many}, ${shown(calls / ((until - from) / 1000), '/s')} with the marks: ` +
      `${((2 * calls) / out).toFixed(1)} frames a message to the agent (dispatches and acknowledgements), ` +
      `${(calls / back).toFixed(1)} a message to the router (results)`,
  ]
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
