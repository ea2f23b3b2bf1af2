// Event streams beside calls: how late an event is, and what the readers cost the calls.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { quantile } from './closed-loop.ts'
import { openEchoCalls } from './echo-calls.ts'
import type { Figure, Report } from './figure.ts'
import { cpuSeconds } from './proc.ts'
import type { Read, Reading } from './processes/readers.ts'
import type { RouterUnderTest } from './system.ts'

const seconds = 15
const scenes = [
  { readers: 100, callsASecond: 50 },
  { readers: 1_000, callsASecond: 50 },
  { readers: 200, callsASecond: 500 },
]
const lateMs = 250
const slowdown = 1.3

export async function measureReaders(bench: Bench): Promise<Report> {
  const { router, workspace } = await bench.system()
  const figures: Figure[] = []
  const lines: string[] = []
  for (const { readers, callsASecond } of scenes) {
    const alone = await callsAt(router, workspace, callsASecond)
    const child = fork(join(import.meta.dirname, 'processes/readers.ts'))
    bench.cleanup.defer(() => void child.kill('SIGKILL'))
    const reading: Reading = { url: `${router.baseUrl}/exec/executions/stream`, apiKey: router.apiKey, readers }
    child.send(reading)
    await once(child, 'message')
    child.send('begin')
    const before = cpuSeconds(router.process.pid)
    const beside = await callsAt(router, workspace, callsASecond)
    const cores = (cpuSeconds(router.process.pid) - before) / seconds
    child.send('end')
    const [{ late, closed }] = (await once(child, 'message')) as [Read]
    const scene = `${readers} readers, ${callsASecond} calls/s`
    figures.push(
      { name: `event read, p99 (${scene})`, value: quantile(late, 0.99), unit: 'ms', target: { atMost: lateMs } },
      {
        name: `call, p50 beside / alone (${scene})`,
        value: beside.p50 / alone.p50,
        unit: '',
        target: { atMost: slowdown },
      },
    )
    lines.push(
      `${scene}: events p50 ${quantile(late, 0.5)} ms of ${late.length}, ${closed} streams cut, calls p50 ${alone.p50.toFixed(1)} → ${beside.p50.toFixed(1)} ms, router ${cores.toFixed(2)} cores, ${beside.made} calls`,
    )
  }
  return { figures, lines }
}

/** Calls at a steady rate, whatever each takes. */
async function callsAt(router: RouterUnderTest, workspace: string, rate: number) {
  const calls = openEchoCalls(router, workspace, 64)
  const took: number[] = []
  const open = new Set<Promise<void>>()
  const from = performance.now()
  for (let n = 0; n < rate * seconds; n++) {
    const due = from + (n * 1000) / rate
    const wait = due - performance.now()
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
    const begun = performance.now()
    const one = calls.call().then(() => void took.push(performance.now() - begun))
    open.add(one)
    void one.finally(() => open.delete(one))
  }
  await Promise.all(open)
  await calls.close()
  return { p50: quantile(took, 0.5), made: took.length }
}
