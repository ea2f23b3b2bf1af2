// Large outputs: how fast one travels alone, and what many cost the calls beside them.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { median } from './closed-loop.ts'
import type { Figure, Report } from './figure.ts'
import { cpuSeconds } from './proc.ts'
import type { Load } from './processes/output-load.ts'
import { callsAt } from './steady-calls.ts'
import { type RouterUnderTest, serve, startAgent, toolsOf } from './system.ts'

const agentName = 'bench-xem-output'
const workspace = 'output'
const tool = 'bench_print'
const MiB = 1024 * 1024
const largest = 16 * MiB
const crowd = 20
const seconds = 10
const warmUpSeconds = 4
const callsASecond = 50
const fast = { atLeast: 40 }
const slowdown = { atMost: 2 }
/** Of what travels alone. */
const rounds = 6

const bundle = (file: string) => `name: bench-output
version: 1.0.0
description: A program that prints as much as is wanted.
domain: bench
tools:
  - name: ${tool}
    description: Prints the beginning of a file.
    risk: read
    timeout_ms: 60000
    command: [head, -c, '{bytes}', '${file}']
    input_schema:
      type: object
      additionalProperties: false
      required: [bytes]
      properties: { bytes: { type: integer, minimum: 1, maximum: ${largest}, description: How many bytes. } }
`

export async function measureOutput(bench: Bench): Promise<Report> {
  const { router, workspace: echo } = await bench.system()
  const folder = join(toolsOf(router, agentName), 'bench-output')
  mkdirSync(folder, { recursive: true })
  // Text, which nothing on the way could make much smaller.
  const file = join(router.folder, 'printed')
  writeFileSync(file, randomBytes((largest / 4) * 3).toString('base64'))
  writeFileSync(join(folder, 'bundle.yaml'), bundle(file))
  const agent = await startAgent(bench.cleanup, router, agentName, bench.programs.agent)
  await serve(router, agent, workspace)

  const print = (bytes: number) => ({ workspace, tool, args: { bytes } })
  const submit = (bytes: number) =>
    router.client.call('invocations.submit', { query: { wait: 60 }, body: print(bytes) })
  const took: number[] = []
  let id = ''
  for (let round = 0; round < rounds; round++) {
    const from = performance.now()
    const execution = await submit(largest)
    took.push(performance.now() - from)
    if (execution.state !== 'completed') throw new Error(`the output ended ${execution.state}`)
    ;({ id } = execution)
  }
  // The first round is the warm-up.
  const alone = largest / MiB / (median(took.slice(1)) / 1000)

  await callsAt(router, echo, callsASecond, warmUpSeconds)
  const quiet = await callsAt(router, echo, callsASecond, seconds)
  const figures: Figure[] = [{ name: '16 MiB of output, alone', value: alone, unit: 'MiB/s', target: fast }]
  const lines = [`calls at ${callsASecond}/s, alone: p50 ${quiet.p50.toFixed(1)} ms, p99 ${quiet.p99.toFixed(1)} ms`]
  const get = {
    url: `${router.baseUrl}/exec/executions/${id}/artifacts/stdout.log`,
    method: 'GET',
    body: null,
  } as const
  const post = { url: `${router.baseUrl}/exec/invocations?wait=60`, method: 'POST' } as const
  const loads: Record<string, Omit<Load, 'apiKey' | 'crowd'>> = {
    'artifact reads of 15 MiB': { ...get, bytesEach: null },
    'outputs of 1 MiB': { ...post, body: JSON.stringify(print(MiB)), bytesEach: MiB },
  }
  for (const [name, load] of Object.entries(loads)) {
    const beside = await callsBeside(bench, router, echo, { ...load, apiKey: router.apiKey, crowd })
    const scene = `${crowd} ${name}`
    figures.push({
      name: `call, p99 beside / alone (${scene})`,
      value: beside.p99 / quiet.p99,
      unit: '',
      target: slowdown,
    })
    lines.push(
      `beside ${scene}: p50 ${beside.p50.toFixed(1)} ms, p99 ${beside.p99.toFixed(1)} ms, ${beside.rate.toFixed(1)} MiB/s of them, router ${beside.cores.toFixed(2)} cores`,
    )
  }
  return { figures, lines }
}

async function callsBeside(bench: Bench, router: RouterUnderTest, workspace: string, load: Load) {
  const child = fork(join(import.meta.dirname, 'processes/output-load.ts'))
  bench.cleanup.defer(() => void child.kill('SIGKILL'))
  child.send(load)
  await once(child, 'message')
  child.send('begin')
  const before = cpuSeconds(router.process.pid)
  const times = await callsAt(router, workspace, callsASecond, seconds)
  const cores = (cpuSeconds(router.process.pid) - before) / seconds
  child.send('end')
  const [bytes] = (await once(child, 'message')) as [number]
  return { ...times, cores, rate: bytes / MiB / seconds }
}
