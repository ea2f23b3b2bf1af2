// From the reviewer's decision to the program that was
// approved: the program itself says when it started.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { quantile, type Timings } from './closed-loop.ts'
import type { Report } from './figure.ts'
import { reportMs, watchPostgres } from './postgres-counters.ts'
import { serve, startAgent, toolsOf } from './system.ts'
import { lookMs, untilAnswered } from './until-answered.ts'
import { wallClock } from './wall-clock.ts'

const calls = 200
const agentName = 'bench-xem-approval'
const workspace = 'approval'
const tool = 'bench_now'

/**
 * Prints the time in nanoseconds since the epoch, to GNU date's accuracy; destructive in name only.
 */
const bundle = `name: bench-process
version: 1.0.0
description: A program that says when it started.
domain: bench
tools:
  - name: ${tool}
    description: Prints the time.
    risk: destructive
    timeout_ms: 10000
    command: [date, '+%s%N']
    input_schema: { type: object, additionalProperties: false, properties: {} }
`

export async function measureApproval(bench: Bench): Promise<Report> {
  const { router } = await bench.system()
  const folder = join(toolsOf(router, agentName), 'bench-process')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'bundle.yaml'), bundle)
  const agent = await startAgent(bench.cleanup, router, agentName)
  await serve(router, agent, workspace)
  const { client } = router
  const floors = await bench.floorsAlone()
  const spawned = programStarts()
  const floorAt = (of: (timings: Timings) => number) => ({
    value: of(floors.http) / 2 + 2 * of(floors.insert) + of(floors.curve) / 2 + of(spawned),
    of: "half of an HTTP no-op and of a CURVE round trip, 2 durable inserts, a program's start",
  })
  const watch = await watchPostgres(router.postgres.url)
  const now = wallClock()

  await reported()
  const before = await watch.read()
  const accepted: number[] = []
  const running: number[] = []
  for (let call = 0; call < calls; call++) {
    const { id, approval_id } = await client.call('invocations.submit', { body: { workspace, tool, args: {} } })
    if (approval_id === null) throw new Error(`${tool} ran without an approval`)
    const decided = now()
    await client.call('approvals.approve', { params: { id: approval_id }, body: {} })
    const execution = await untilAnswered('the approved call to end', agent.process, async () => {
      // The looks of this loop are load too: the first comes when the call has normally ended.
      await new Promise((resolve) => setTimeout(resolve, 4 * lookMs))
      const found = await client.call('executions.show', { params: { id } })
      return found.finished_at === null ? undefined : found
    })
    if (execution.state !== 'completed') throw new Error(`the approved call ended ${execution.state}`)
    accepted.push(Date.parse(execution.started_at!) - decided)
    running.push(Number(execution.stdout) / 1e6 - decided)
  }
  await reported()
  const after = await watch.read()
  await watch.close()
  await agent.process.stop()
  const figures = [
    { what: 'the program runs (its own clock)', times: running, target: { atMost: 25 }, floors: true },
    { what: 'started_at of the record', times: accepted, target: undefined, floors: false },
  ].flatMap(({ what, times, target, floors }) => [
    {
      name: `approve -> ${what}, p50`,
      value: quantile(times, 0.5),
      unit: 'ms' as const,
      ...(floors && { floor: floorAt(({ p50 }) => p50) }),
    },
    {
      name: `approve -> ${what}, p99`,
      value: quantile(times, 0.99),
      unit: 'ms' as const,
      ...(floors && { floor: floorAt(({ p99 }) => p99) }),
      ...(target && { target }),
    },
  ])
  const syncs = (after.walSyncs - before.walSyncs) / calls
  const line =
    `a dangerous call: ${syncs.toFixed(2)} WAL syncs; four syncs in series: request, decision, the agent's journal, result ` +
    '(the commits of its start and its output run beside them)'
  return { figures, lines: [line] }
}

/** Backends report what they counted at a commit, and not twice within a second. */
const reported = () => new Promise((resolve) => setTimeout(resolve, reportMs))

/** How long the program of the calls takes to start and end by itself. */
function programStarts(): Timings {
  const times: number[] = []
  for (let round = 0; round < 100; round++) {
    const from = performance.now()
    spawnSync('date', ['+%s%N'])
    times.push(performance.now() - from)
  }
  const seconds = times.reduce((sum, ms) => sum + ms, 0) / 1000
  return {
    calls: times.length,
    perSecond: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}
