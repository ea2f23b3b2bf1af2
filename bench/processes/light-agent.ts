// An agent without a process of its own: keys, an enrollment and a live link, and behind it
// something that answers each call at once.
import type { Client } from '@xerotier/client/client.ts'
import { enrollBare } from '@xerotier/devkit/bare-agent.ts'
import { credentialsInMemory } from '@xerotier/link/credentials/in-memory.ts'
import { createLink } from '@xerotier/link/link.ts'
import type { Outbox } from '@xerotier/link/outbox.ts'
import { createOutputWindow } from '@xerotier/link/output-window.ts'
import { createReports } from '@xerotier/link/reports.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import type { Manifest } from '@xerotier/protocol/manifest.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'

export interface LightAgentOptions {
  client: Client
  log: Log
  name: string
  manifest: Manifest
  /** Where it dials; default: where its join key says. */
  address?: string | undefined
}

const payload = 'x'.repeat(1024)

/** Resolves when it is online. */
export async function startLightAgent({ client, log, name, manifest, address }: LightAgentOptions): Promise<void> {
  const { keys, enrollment } = await enrollBare(client, name)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const outbox = memoryOutbox()
  const reports = createReports({ outbox, log })
  const link = createLink({
    clock: systemClock,
    chance: systemChance,
    log,
    credentials: credentialsInMemory(
      keys,
      address === undefined ? enrollment : { ...enrollment, router: { ...enrollment.router, address } },
    ),
    outbox,
    reports,
    maxConcurrentExecutions: 256,
    leaseRenewalIntervalMs: 10_000,
    hostname: name,
    version: '0',
    features: [],
    manifest: () => manifest,
    running: () => [],
    unfit: () => undefined,
    handlers: {
      dispatch(calls) {
        for (const call of calls) reports.result(resultOf(call), { durable: false })
      },
      cancel() {},
      forget() {},
      bindings() {},
      paused() {},
      outputAcknowledged() {},
      checkpoint() {},
      clock() {},
      unreached() {},
      online: resolve,
      offline: (reason) => log.info({ reason }, `${name} lost its connection`),
      credentialsRevoked: (reason) => reject(new Error(reason)),
    },
  })
  link.start()
  await promise
}

function resultOf({ execution_id, attempt, lease_epoch }: DispatchFrame): ResultFrame {
  const now = Date.now()
  return {
    t: 'result',
    execution_id,
    attempt,
    lease_epoch,
    outcome: 'completed',
    exit_code: 0,
    signal: null,
    error: null,
    result: { payload },
    started_at: now,
    finished_at: now,
    stdout_bytes: 0,
    stderr_bytes: 0,
    truncated: false,
  }
}

/** Nothing that runs here needs a disk. */
function memoryOutbox(): Outbox {
  const results = new Map<string, ResultFrame>()
  return {
    journalId: '0'.repeat(32),
    output: createOutputWindow(),
    begin: () => [],
    has: () => false,
    settle: (result) => void results.set(result.execution_id, result),
    persist() {},
    acknowledge: ({ execution_id }) => void results.delete(execution_id),
    pending: () => [...results.values()],
    interrupted: () => [],
    flush() {},
    close() {},
  }
}
