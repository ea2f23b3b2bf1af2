// An agent without a process of its own: keys, an enrollment and a live link, and behind it
// something that answers each call, at once or after a while.
import type { Client } from '@xerotier/client/client.ts'
import { enrollBare } from '@xerotier/devkit/bare-agent.ts'
import type { Credentials } from '@xerotier/link/credentials/credentials.ts'
import { credentialsInMemory } from '@xerotier/link/credentials/in-memory.ts'
import { createLink } from '@xerotier/link/link.ts'
import type { Outbox } from '@xerotier/link/outbox.ts'
import { createOutputWindow } from '@xerotier/link/output-window.ts'
import { createReports } from '@xerotier/link/reports.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
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
  /** How long a call runs; default: it is answered at once, without a word before. */
  runsMs?: number
}

export interface LightAgent {
  /** As they are now. */
  readonly credentials: Credentials
  /** How often each call was begun. */
  readonly begun: ReadonlyMap<string, number>
}

const payload = 'x'.repeat(1024)

/** Resolves when it is online. */
export async function startLightAgent(options: LightAgentOptions): Promise<LightAgent> {
  const { client, log, name, manifest, address, runsMs = 0 } = options
  const { keys, enrollment } = await enrollBare(client, name)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const outbox = memoryOutbox()
  const reports = createReports({ outbox, log })
  const begun = new Map<string, number>()
  const running = new Set<DispatchFrame>()
  const credentials = credentialsInMemory(
    keys,
    address === undefined ? enrollment : { ...enrollment, router: { ...enrollment.router, address } },
  )
  function run(call: DispatchFrame): void {
    begun.set(call.execution_id, (begun.get(call.execution_id) ?? 0) + 1)
    running.add(call)
    reports.accepted({ t: 'accepted', ...refOf(call), started_at: Date.now() })
    systemClock.after(runsMs, () => {
      running.delete(call)
      reports.result(resultOf(call), { durable: false })
    })
  }
  const link = createLink({
    clock: systemClock,
    chance: systemChance,
    log,
    credentials,
    outbox,
    reports,
    maxConcurrentExecutions: 256,
    leaseRenewalIntervalMs: 10_000,
    hostname: name,
    version: '0',
    features: [],
    manifest: () => manifest,
    running: () => [...running].map(refOf),
    unfit: () => undefined,
    handlers: {
      dispatch(calls) {
        for (const call of calls) {
          if (runsMs === 0) reports.result(resultOf(call), { durable: false })
          else run(call)
        }
      },
      cancel() {},
      forget() {},
      bindings() {},
      paused() {},
      outputAcknowledged() {},
      checkpoint() {},
      grantKeys() {},
      clock() {},
      unreached() {},
      signsAnew() {},
      online: resolve,
      offline: (reason) => log.info({ reason }, `${name} lost its connection`),
      credentialsRevoked: (reason) => reject(new Error(reason)),
    },
  })
  link.start()
  await promise
  return { credentials, begun }
}

const refOf = ({ execution_id, attempt, lease_epoch }: CallRef): CallRef => ({ execution_id, attempt, lease_epoch })

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
