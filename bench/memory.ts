// What a router takes when idle, and what each connected agent adds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { median } from './closed-loop.ts'
import type { Report } from './figure.ts'
import { residentBytes } from './proc.ts'
import type { LinksSettings } from './processes/links.ts'
import { startRouter } from './system.ts'

const agents = 200
const KiB = 1024

export async function measureMemory(bench: Bench): Promise<Report> {
  // One of its own: what calls left behind would hide what agents need.
  const router = await startRouter(bench.cleanup, bench.programs.router)
  const { pid } = router.process
  const idle = await settledBytes(pid)
  const settings: LinksSettings = { baseUrl: router.baseUrl, apiKey: router.apiKey, agents }
  const links = fork(join(import.meta.dirname, 'processes/links.ts'), { env: linkEnvironment(settings) })
  bench.cleanup.defer(() => links.kill('SIGKILL'))
  const ended = once(links, 'exit').then(([code]) => {
    throw new Error(`the agents ended with ${code}`)
  })
  await Promise.race([once(links, 'message'), ended])
  ended.catch(() => {})
  const connected = await settledBytes(pid)
  links.kill('SIGKILL')
  await router.process.stop()
  return {
    figures: [
      { name: 'router, idle', value: idle / KiB / KiB, unit: 'MB', target: { atMost: 200 } },
      {
        name: `router, each of ${agents} agents`,
        value: (connected - idle) / agents / KiB,
        unit: 'KB',
        target: { atMost: 150 },
      },
    ],
  }
}

function linkEnvironment(settings: LinksSettings): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, XEROTIER_BENCH_SETTINGS: JSON.stringify(settings) }
}

const sampleMs = 250
const settleSamples = 12
const settledWithin = 1024 * KiB
const patienceSamples = 80

/** Resident memory once it has stood still for three seconds: the garbage collector comes when it likes. */
async function settledBytes(pid: number): Promise<number> {
  const seen: number[] = []
  for (let sample = 0; sample < patienceSamples; sample++) {
    seen.push(residentBytes(pid))
    const last = seen.slice(-settleSamples)
    if (last.length === settleSamples && Math.max(...last) - Math.min(...last) < settledWithin) break
    await new Promise((resolve) => setTimeout(resolve, sampleMs))
  }
  return median(seen.slice(-settleSamples))
}
