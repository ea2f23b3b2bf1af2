// Event streams beside calls: how late an event is, and what the readers cost the calls.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { quantile } from './closed-loop.ts'
import type { Figure, Report } from './figure.ts'
import { cpuSeconds } from './proc.ts'
import type { Read, Reading } from './processes/readers.ts'
import { callsAt } from './steady-calls.ts'

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
    const alone = await callsAt(router, workspace, callsASecond, seconds)
    const child = fork(join(import.meta.dirname, 'processes/readers.ts'))
    bench.cleanup.defer(() => void child.kill('SIGKILL'))
    const reading: Reading = { url: `${router.baseUrl}/exec/executions/stream`, apiKey: router.apiKey, readers }
    child.send(reading)
    await once(child, 'message')
    child.send('begin')
    const before = cpuSeconds(router.process.pid)
    const beside = await callsAt(router, workspace, callsASecond, seconds)
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
