// A router in a process of its own that dies at a chosen step, and is started again on the same
// database, keys and ports.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { freePort } from '../free-port.ts'
import { patienceMs } from '../patience.ts'
import { cloneDatabase } from '../postgres-for-tests.ts'
import { firstLine, kill, startChild } from './child.ts'
import type { RouterProcessSettings, RouterStep } from './router-process.ts'
import { triggerIn } from './trigger.ts'
import { until } from './until.ts'

export interface KillableRouter {
  /** Of the router as it was started last. */
  readonly client: Client
  readonly databaseUrl: string
  /** For what the test keeps. */
  readonly folder: string
  /** Starts it again, after its death. */
  start(changes?: Partial<RouterProcessSettings>): Promise<void>
  /** It is to die when it comes there. */
  arm(step: RouterStep): void
  /** Resolves when it is dead; nothing is armed then. */
  died(): Promise<void>
  /** Kills it. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export async function startKillableRouter(more: Partial<RouterProcessSettings> = {}): Promise<KillableRouter> {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
  const triggerFile = join(folder, 'trigger')
  const trigger = triggerIn<RouterStep>(triggerFile)
  let settings: RouterProcessSettings = {
    databaseUrl: (await cloneDatabase()).url,
    stateDir: folder,
    httpPort: 0,
    dataPlane: 'tcp://127.0.0.1:0',
    alternate: `tcp://127.0.0.1:${await freePort()}`,
    trigger: triggerFile,
    ...more,
  }
  let started: ReturnType<typeof startChild>
  const begin = async (): Promise<Client> => {
    started = startChild(join(import.meta.dirname, 'router-process.ts'), {
      XEROTIER_FAULT_SETTINGS: JSON.stringify(settings),
    })
    const { url, dataPlane } = JSON.parse(await firstLine(started)) as { url: string; dataPlane: string }
    settings = { ...settings, httpPort: Number(new URL(url).port), dataPlane }
    const apiKey = readFileSync(join(folder, 'api-key'), 'utf8').trim()
    return createClient({ baseUrl: `${url}/demo/v1`, apiKey, timeoutMs: 1.5 * patienceMs })
  }
  let client = await begin()
  return {
    get client() {
      return client
    },
    databaseUrl: settings.databaseUrl,
    folder,
    async start(changes = {}) {
      settings = { ...settings, ...changes }
      client = await begin()
    },
    arm: (step) => trigger.arm(step),
    async died() {
      await until('the router to die', () => (started.signalCode === null ? undefined : true))
      trigger.disarm()
    },
    kill: () => kill(started),
    async stop() {
      await kill(started)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
