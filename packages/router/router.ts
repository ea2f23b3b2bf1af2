// The composition root: everything a router is made of, put together by hand.
import { mkdirSync } from 'node:fs'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Clock, every, systemClock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import { createTracing, noTracing, type TracingOptions } from '@xerotier/runtime/tracing.ts'
import { type ActiveRouter, becomeActive } from './active-router.ts'
import { startBroker } from './broker/broker.ts'
import { buryAgents, missAgents } from './domain/agents/absence.ts'
import { createKeyring } from './domain/api-keys/keyring.ts'
import { expireApprovals } from './domain/approvals/expire.ts'
import { createAbsences } from './domain/attempts/absences.ts'
import { createCalls } from './domain/attempts/calls.ts'
import { createDispatcher } from './domain/attempts/dispatcher.ts'
import { expireQueued, sweepOrphans } from './domain/attempts/sweep.ts'
import type { Core, Settings } from './domain/core.ts'
import { createWorkspaceDirectory } from './domain/directory/workspaces.ts'
import { createEventLog } from './domain/events/reader.ts'
import { traceEnd } from './domain/executions/trace.ts'
import { createEnrolledKeys } from './domain/fleet/enrolled-keys.ts'
import { createFleet } from './domain/fleet/fleet.ts'
import { loadIdentity } from './domain/identity.ts'
import { type BootstrapOptions, bootstrapProject } from './domain/projects/bootstrap.ts'
import { type ApiOptions, apiDoor } from './http/api/door.ts'
import { createHttpServer, type HttpOptions } from './http/server.ts'
import { addDomainMetrics, countEnded, createBrokerProbe } from './metrics.ts'
import { startEmbeddedPostgres } from './postgres/embedded.ts'
import { openStore } from './store/database.ts'
import { openLanes } from './store/lanes/lanes.ts'
import { migrate } from './store/migrate.ts'

const version = '0.1.0'

export interface RouterOptions {
  clock: Clock
  log: Log
  /** Keys, and the embedded Postgres when there is no `databaseUrl`. */
  stateDir: string
  databaseUrl?: string | undefined
  http: Omit<HttpOptions, 'core' | 'registry' | 'doors'> &
    Pick<ApiOptions, 'requestsPerMinutePerKey' | 'failedAuthenticationsPerMinute'>
  dataPlane: {
    /** tcp://host:port to listen on; port 0 takes a free one. */
    address: string
    /** What join keys tell agents to dial; default: the address listened on. */
    announced?: string | undefined
    /** By which frames wait for company, a few milliseconds. Real time unless told otherwise, also where `clock` stands still. */
    clock?: Clock
  }
  lanes?: number
  /** Off when left out. */
  tracing?: Omit<TracingOptions, 'clock' | 'log'>
  settings?: Partial<Omit<Settings, 'announcedAddress'>>
  bootstrap?: BootstrapOptions | undefined
  /** Looks at the parts before the doors open; tests of faults put themselves between them here. */
  instrument?(core: Core): void
}

export interface Router {
  /** Base URL of the HTTP API, without a project. */
  readonly url: string
  /** Data plane, as bound. */
  readonly dataPlane: string
  readonly core: Core
  /** Resolves when another router has taken over the database: this one must not go on. */
  readonly lost: Promise<void>
  stop(): Promise<void>
}

const defaults: Omit<Settings, 'announcedAddress'> = {
  leaseIntervals: 3,
  lostReadGraceMs: 5_000,
  lostAgentGraceMs: 60_000,
  deadAgentMs: 24 * 3600_000,
  queueSeconds: limits.queueSeconds,
  queuedPerProject: limits.queuedPerProject,
}

export async function startRouter(options: RouterOptions): Promise<Router> {
  const { clock, log, stateDir } = options
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  // What was started is stopped in reverse order, also when a later step fails.
  const started: (() => Promise<unknown> | unknown)[] = []
  const stopAll = async () => {
    for (const stop of started.reverse()) await stop()
    started.length = 0
  }
  try {
    const embedded = async () => {
      const postgres = await startEmbeddedPostgres({ stateDir, log, clock })
      started.push(() => postgres.stop())
      return postgres.url
    }
    const databaseUrl = options.databaseUrl ?? (await embedded())
    const active: ActiveRouter = await becomeActive(databaseUrl, clock, log, () => migrate(databaseUrl))
    started.push(() => active.release())
    const { admit } = active

    const store = openStore(databaseUrl, {
      connections: 16,
      admit,
      onError: (error) => log.warning({ error }, 'a database connection was lost'),
    })
    started.push(() => store.close())
    const lanes = await openLanes({ databaseUrl, lanes: options.lanes ?? 2, patienceMs: 10_000, clock, log, admit })
    started.push(() => lanes.close())
    const eventLog = createEventLog({ databaseUrl, clock, log })
    started.push(() => eventLog.close())

    const tracing = options.tracing === undefined ? noTracing : createTracing({ ...options.tracing, clock, log })
    started.push(() => tracing.close())

    const registry = createMetricsRegistry()
    const ended = countEnded(registry)

    const core = {
      clock,
      log,
      store,
      lanes,
      identity: loadIdentity(stateDir),
      fleet: createFleet(clock),
      eventLog,
      calls: createCalls(clock, (row) => {
        ended(row)
        traceEnd(tracing, row, clock.now())
      }),
      tracing,
      absences: createAbsences(clock.now()),
      keyring: createKeyring(store.db, clock),
      workspaces: createWorkspaceDirectory(store.db),
      enrolledKeys: createEnrolledKeys(),
      settings: {
        ...defaults,
        ...options.settings,
        announcedAddress: options.dataPlane.announced ?? options.dataPlane.address,
      },
    } as Omit<Core, 'dispatcher'> as Core
    core.dispatcher = createDispatcher(core)
    options.instrument?.(core)
    started.push(() => core.dispatcher.close())

    if (options.bootstrap !== undefined) await bootstrapProject(core, options.bootstrap)
    await core.enrolledKeys.load(store.db)
    addDomainMetrics(registry, core)

    const broker = await startBroker({
      core,
      address: options.dataPlane.address,
      clock: options.dataPlane.clock ?? systemClock,
      probe: createBrokerProbe(registry, log, () => clock.now()),
    })
    started.push(() => broker.close())
    if (options.dataPlane.announced === undefined) core.settings.announcedAddress = broker.address
    await core.dispatcher.findWaiting()

    const { requestsPerMinutePerKey, failedAuthenticationsPerMinute, ...server } = options.http
    const api = apiDoor({
      core,
      registry,
      version,
      readiness: {
        database: () => store.pool.query('select 1'),
        data_plane: () => {
          if (broker.closed) throw new Error('the data plane is closed')
        },
      },
      requestsPerMinutePerKey,
      failedAuthenticationsPerMinute,
    })
    const http = await createHttpServer({ ...server, core, registry, doors: [api] })
    started.push(() => http.close())
    const url = await http.listen()

    const duties: [string, number, () => Promise<unknown>][] = [
      ['expire leases', 1_000, () => broker.expireLeases()],
      ['expire approvals', 1_000, () => expireApprovals(core)],
      ['expire queued calls', 1_000, () => expireQueued(core)],
      ['sweep orphans', 1_000, () => sweepOrphans(core)],
      ['find waiting calls', 2_000, () => core.dispatcher.findWaiting()],
      ['miss agents', 1_000, () => missAgents(core)],
      ['bury agents', 60_000, () => buryAgents(core)],
    ]
    for (const [duty, ms, work] of duties) {
      const timer = every(
        clock,
        ms,
        () => work().catch((error) => log.error({ error, duty }, 'a duty failed')) as Promise<void>,
      )
      started.push(() => timer.cancel())
    }
    log.notice({ url, data_plane: broker.address, version }, 'the router is up')
    return { url, dataPlane: broker.address, core, lost: active.lost, stop: stopAll }
  } catch (error) {
    await stopAll()
    throw error
  }
}
