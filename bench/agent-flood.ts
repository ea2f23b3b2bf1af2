// One enrolled agent sends what nobody wants, as fast as it may hope to; another one's calls are
// timed meanwhile.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { closedLoop } from './closed-loop.ts'
import { type EchoCalls, openEchoCalls } from './echo-calls.ts'
import type { Figure, Report } from './figure.ts'
import { residentBytes } from './proc.ts'
import type { FloodingAgent, FloodKind } from './processes/agent-flood.ts'

const floods: Record<FloodKind, string> = {
  unknown: 'frames of no known type, well signed',
  malformed: 'results that are none, well signed',
  duplicates: 'results of calls that it does not have',
  hellos: 'hellos',
}
const inFlight = 4
const perSecond = 2_500
const spanMs = 4_000
const MiB = 1024 * 1024

export async function measureAgentFlood(bench: Bench): Promise<Report> {
  const { router, workspace } = await bench.system()
  const calls = openEchoCalls(router, workspace, inFlight)
  try {
    await closedLoop(inFlight, { ms: spanMs }, calls.call)
    const figures: Figure[] = []
    const lines: string[] = []
    for (const [kind, what] of Object.entries(floods)) {
      const settings = { kind: kind as FloodKind, baseUrl: router.baseUrl, apiKey: router.apiKey, perSecond }
      // Each time anew: what else the machine does changes.
      const quiet = await closedLoop(inFlight, { ms: spanMs }, calls.call)
      const before = residentBytes(router.process.pid)
      const { p99, sent } = await beside(calls, settings)
      const target = { atMost: 2 * quiet.p99 }
      figures.push({ name: `a call beside one that sends ${what}, p99`, value: p99, unit: 'ms', target })
      const grown = (residentBytes(router.process.pid) - before) / MiB
      const alone = `${quiet.p99.toFixed(1)} ms before it`
      lines.push(`${what}: ${sent} sent in ${spanMs / 1000} s; p99 ${alone}; ${grown.toFixed(0)} MB more`)
    }
    return { figures, lines }
  } finally {
    await calls.close()
  }
}

async function beside(calls: EchoCalls, settings: FloodingAgent): Promise<{ p99: number; sent: number }> {
  const agent = fork(join(import.meta.dirname, 'processes/agent-flood.ts'), [JSON.stringify(settings)])
  let sent = 0
  agent.on('message', (message) => {
    if (typeof message === 'number') sent = message
  })
  try {
    // It is enrolled, has its session, and begins.
    await once(agent, 'message')
    const { p99 } = await closedLoop(inFlight, { ms: spanMs }, calls.call)
    return { p99, sent }
  } finally {
    const ended = once(agent, 'exit')
    agent.kill('SIGKILL')
    await ended
  }
}
