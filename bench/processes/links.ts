// Many agents in one process: each with keys, an enrollment
// and a live link of its own, and nothing behind it.
import { createClient } from '@xerotier/client/client.ts'
import { enrollBare, manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { createLink } from '@xerotier/link/link.ts'
import type { Outbox } from '@xerotier/link/outbox.ts'
import { createOutputWindow } from '@xerotier/link/output-window.ts'
import { createReports } from '@xerotier/link/reports.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { createLog, type LogLevel } from '@xerotier/runtime/log.ts'
import { context } from 'zeromq'

export interface LinksSettings {
  baseUrl: string
  apiKey: string
  agents: number
  /** Default: error. */
  logLevel?: LogLevel
}

const settings = JSON.parse(process.env.XEROTIER_BENCH_SETTINGS ?? '') as LinksSettings
const { baseUrl, apiKey, agents, logLevel = 'error' } = settings
// Each link has a socket and two for its events; libzmq allows 1023 unless told.
context.maxSockets = 4096
const client = createClient({ baseUrl, apiKey })
const log = createLog({ level: logLevel, name: 'links' })
const manifest = manifestOf([toolOf('bench_nothing')])

/** Nothing is ever run here. */
const noOutbox: Outbox = {
  journalId: '0'.repeat(32),
  output: createOutputWindow(),
  begin: () => [],
  has: () => false,
  settle() {},
  persist() {},
  acknowledge() {},
  pending: () => [],
  interrupted: () => [],
  flush() {},
  close() {},
}

async function connect(name: string): Promise<void> {
  const { keys, enrollment } = await enrollBare(client, name)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const link = createLink({
    clock: systemClock,
    chance: systemChance,
    log,
    keys,
    enrollment,
    outbox: noOutbox,
    reports: createReports({ outbox: noOutbox, log }),
    maxConcurrentExecutions: 20,
    leaseRenewalIntervalMs: 10_000,
    hostname: name,
    version: '0',
    manifest: () => manifest,
    running: () => [],
    unfit: () => undefined,
    handlers: {
      dispatch() {},
      cancel() {},
      forget() {},
      bindings() {},
      paused() {},
      outputAcknowledged() {},
      clock() {},
      online: resolve,
      offline: (reason) => log.error({ reason }, `${name} lost its connection`),
      credentialsRevoked: (reason) => reject(new Error(reason)),
    },
  })
  link.start()
  await promise
}

const names = Array.from({ length: agents }, (_, index) => `bench-link-${index}`)
const connectAll = async () => {
  for (let name = names.pop(); name !== undefined; name = names.pop()) await connect(name)
}
await Promise.all(Array.from({ length: 8 }, connectAll))
process.send?.('connected')
// Timers of a link keep no process alive, and between two connections there is nothing else.
setInterval(() => {}, 1 << 30)
