// What a router takes when idle, and what each connected agent adds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { median } from './closed-loop.ts'
import type { Report } from './figure.ts'
import { residentBytes } from './proc.ts'
import type { CrowdSettings } from './processes/curve-crowd.ts'
import type { EchoAddress } from './processes/curve-echo.ts'
import type { LinksSettings } from './processes/links.ts'
import { startRouter } from './system.ts'

const agents = 200
/**
 * When V8 last collected its garbage makes a difference of a fifth: the middle one of these counts.
 */
const rounds = 3
const KiB = 1024

export async function measureMemory(bench: Bench): Promise<Report> {
  const idle = await idleBytes(bench)
  const each: number[] = []
  for (let round = 0; round < rounds; round++) each.push(await agentBytes(bench))
  return {
    figures: [
      {
        name: 'router, idle',
        value: idle / KiB / KiB,
        unit: 'MB',
        floor: { value: (await idleNodeBytes(bench)) / KiB / KiB, of: 'a Node that does nothing' },
        target: { atMost: 200 },
      },
      {
        name: `router, each of ${agents} agents`,
        value: median(each) / KiB,
        unit: 'KB',
        floor: { value: (await connectionBytes(bench)) / KiB, of: 'a CURVE connection at a bare ZeroMQ socket' },
        target: { atMost: 150 },
      },
    ],
  }
}

async function idleNodeBytes(bench: Bench): Promise<number> {
  const node = fork(join(import.meta.dirname, 'processes/idle-node.ts'))
  bench.cleanup.defer(() => node.kill('SIGKILL'))
  await once(node, 'message')
  const bytes = await settledBytes(node.pid!)
  node.kill('SIGKILL')
  return bytes
}

/** What as many connections as there are agents add to a process that only echoes, for each. */
async function connectionBytes(bench: Bench): Promise<number> {
  const echo = fork(join(import.meta.dirname, 'processes/curve-echo.ts'))
  bench.cleanup.defer(() => echo.kill('SIGKILL'))
  const [address] = (await once(echo, 'message')) as [EchoAddress]
  const without = await settledBytes(echo.pid!)
  const settings: CrowdSettings = { ...address, connections: agents }
  const crowd = fork(join(import.meta.dirname, 'processes/curve-crowd.ts'), { env: environmentOf(settings) })
  bench.cleanup.defer(() => crowd.kill('SIGKILL'))
  await once(crowd, 'message')
  const withAll = await settledBytes(echo.pid!)
  crowd.kill('SIGKILL')
  echo.kill('SIGKILL')
  return (withAll - without) / agents
}

/** Nothing was ever asked of it, and nothing is done to make it smaller. */
async function idleBytes(bench: Bench): Promise<number> {
  const router = await startRouter(bench.cleanup)
  const bytes = await settledBytes(router.process.pid)
  await router.process.stop()
  return bytes
}

/** What a router with these agents holds beyond the same router without any, for each. */
async function agentBytes(bench: Bench): Promise<number> {
  const router = await startRouter(bench.cleanup)
  const { pid } = router.process
  const without = await settledBytes(pid)
  const settings: LinksSettings = { baseUrl: router.baseUrl, apiKey: router.apiKey, agents }
  const links = fork(join(import.meta.dirname, 'processes/links.ts'), { env: environmentOf(settings) })
  bench.cleanup.defer(() => links.kill('SIGKILL'))
  const ended = once(links, 'exit').then(([code]) => {
    throw new Error(`the agents ended with ${code}`)
  })
  ended.catch(() => {})
  await Promise.race([once(links, 'message'), ended])
  const withAll = await settledBytes(pid)
  links.kill('SIGKILL')
  await router.process.stop()
  return (withAll - without) / agents
}

function environmentOf(settings: LinksSettings | CrowdSettings): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, XEROTIER_BENCH_SETTINGS: JSON.stringify(settings) }
}

const sampleMs = 250
const settleSamples = 12
const settledWithin = 1024 * KiB
const patienceSamples = 80

/** Resident memory once it has stood still for three seconds. */
export async function settledBytes(pid: number): Promise<number> {
  const seen: number[] = []
  for (let sample = 0; sample < patienceSamples; sample++) {
    seen.push(residentBytes(pid))
    const last = seen.slice(-settleSamples)
    if (last.length === settleSamples && Math.max(...last) - Math.min(...last) < settledWithin) break
    await new Promise((resolve) => setTimeout(resolve, sampleMs))
  }
  return median(seen.slice(-settleSamples))
}
