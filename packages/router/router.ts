// The composition root: everything a router is made of, put together by hand.

import { limits } from '@xerotier/protocol/limits.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import { createOutbound } from '@xerotier/runtime/outbound.ts'
import { countSpans } from '@xerotier/runtime/tracing/count-spans.ts'
import { createTracing, type TracingSettings } from '@xerotier/runtime/tracing/tracing.ts'
import type { Registry } from 'prom-client'
import { type Broker, startBroker } from './broker/broker.ts'
import { openSocket } from './broker/socket.ts'
import type { Core } from './core.ts'
import { diskOf } from './disk.ts'
import { createKeyring } from './domain/api-keys/keyring.ts'
import { type LinkOptions, linkForMail } from './domain/approval-links/mint.ts'
import { createAbsences } from './domain/attempts/absences.ts'
import { createCalls } from './domain/attempts/calls.ts'
import { createDispatcher } from './domain/attempts/dispatcher.ts'
import { headsIn } from './domain/audit/heads.ts'
import { createRefusals } from './domain/audit/refusals.ts'
import { tellLogKey } from './domain/audit/tell-key.ts'
import { createOutbox } from './domain/deliveries/outbox.ts'
import { createWorkspaceDirectory } from './domain/directory/workspaces.ts'
import { loadEncrypting } from './domain/encryption/encrypting.ts'
import type { Follower } from './domain/events/follow.ts'
import { traceEnd } from './domain/executions/trace.ts'
import { archivesIn } from './domain/exports/archives.ts'
import { createExportMaker } from './domain/exports/make.ts'
import { createEnrolledKeys } from './domain/fleet/enrolled-keys.ts'
import { createFleet } from './domain/fleet/fleet.ts'
import { loadGrantKeys } from './domain/grant-keys/load.ts'
import { createSend, noteAtReceiver } from './domain/notifications/send.ts'
import { outboundLimits } from './domain/notifications/send-webhook.ts'
import { createMailer, type SmtpOptions } from './domain/notifications/smtp.ts'
import { easeEarlier } from './domain/pauses/apply.ts'
import { createPolicyBook } from './domain/policy/book.ts'
import { type BootstrapOptions, bootstrapProject } from './domain/projects/bootstrap.ts'
import { createRotationWatch } from './domain/rotations/watch.ts'
import { createServerKeys, serverKeyOf } from './domain/router-keys/server-keys.ts'
import { createIdentityProvider, type ProviderOptions } from './domain/sessions/provider/client.ts'
import { createSessionWatch } from './domain/sessions/watch.ts'
import type { Settings } from './domain/settings.ts'
import type { SiemOptions } from './domain/siem/connect.ts'
import { forwardTo } from './domain/siem/forward.ts'
import { createWitnesses } from './domain/witnesses/answers.ts'
import { createOutsideWitness, type OutsideOptions } from './domain/witnesses/outside.ts'
import { startDuties } from './duties.ts'
import { type DataPlane, type EndpointOptions, listeningOf, openEndpoints } from './endpoints.ts'
import { startFollowers } from './followers.ts'
import { type ApiOptions, apiDoor } from './http/api/door.ts'
import { opsDoor } from './http/ops/door.ts'
import { createHttpServer, type HttpOptions, type HttpServer } from './http/server.ts'
import {
  addDomainMetrics,
  countAttempts,
  countEnded,
  countOutside,
  countRemoved,
  countWitnessed,
  createBrokerProbe,
} from './metrics.ts'
import { openDatabase, type Stop } from './open-database.ts'
import { createKinds } from './store/kinds.ts'

const version = '0.1.0'

export interface RouterOptions {
  clock: Clock
  log: Log
  /** Keys, and the embedded Postgres when there is no `databaseUrl`. */
  stateDir: string
  /** What encrypts secrets in the database, 32 bytes each; the first does, the others open. */
  encryptionKeys?: readonly Buffer[] | undefined
  databaseUrl?: string | undefined
  http: Omit<HttpOptions, 'core' | 'registry' | 'doors'> &
    Pick<ApiOptions, 'requestsPerMinutePerKey' | 'failedAuthenticationsPerMinute'>
  dataPlane: EndpointOptions & {
    /** What join keys tell agents to dial; default: the address listened on. */
    announced?: string | undefined
    /** The same of the alternate; default: the host of that at the port listened on. */
    announcedAlternate?: string | undefined
    /**
     * By which frames wait some milliseconds for company. Real time unless told otherwise, also
     * where `clock` stands still.
     */
    clock?: Clock
  }
  lanes?: number
  /** Off when left out. */
  tracing?: TracingSettings | undefined
  settings?: Partial<Omit<Settings, 'mail' | 'links'>>
  /** The mail server; without one nobody gets mail. */
  mail?: SmtpOptions | undefined
  /** Who logs people in at the dashboard besides the router; nobody when left out. */
  identityProvider?: ProviderOptions | undefined
  /** Signs one-time links; without it there are none. */
  linkSecret?: string | undefined
  /** Where people reach this router, without a slash at the end; default: where it listens. */
  publicUrl?: string | undefined
  bootstrap?: BootstrapOptions | undefined
  /** Who collects audit records as they happen; nobody when left out. */
  siem?: SiemOptions | undefined
  /** Who signs checkpoints of the audit logs outside; nobody when left out. */
  witness?: OutsideOptions | undefined
  /** Beside those of every router (followers.ts). */
  followers?: readonly Follower[]
  /** Looks at the parts before the doors open; tests of faults put themselves between them here. */
  instrument?(core: Core): void
}

export interface Router {
  /** Base URL of the HTTP API, without a project. */
  readonly url: string
  /** Endpoints of the data plane, as bound; one that does not listen now, as it would be. */
  readonly dataPlane: string
  readonly alternate: string
  readonly core: Core
  /** Resolves when another router has taken over the database: this one must not go on. */
  readonly lost: Promise<void>
  /** Reads again what may have changed: the certificate. @throws when it cannot be used */
  reload(): Promise<void>
  stop(): Promise<void>
}

const defaults: Settings = {
  leaseIntervals: 3,
  cosignEveryMs: 10_000,
  lostReadGraceMs: 5_000,
  lostAgentGraceMs: 60_000,
  deadAgentMs: 24 * 3600_000,
  queueSeconds: limits.queueSeconds,
  holdLoweredRisks: true,
  queuedPerProject: limits.queuedPerProject,
  rotationMs: limits.rotationSeconds * 1000,
  keyOverlapMs: limits.keyOverlapSeconds * 1000,
  privateTargets: false,
  auditDays: 365,
  mail: false,
  links: false,
}

export async function startRouter(options: RouterOptions): Promise<Router> {
  const { clock, log, stateDir } = options
  makeFolder(stateDir, 0o700)
  // What was started is stopped in reverse order, also when a later step fails.
  const started: Stop[] = []
  const stop = async () => {
    for (const end of started.reverse()) await end()
    started.length = 0
  }
  try {
    const { active, records, lanes, identity } = await openDatabase(options, started)
    const tracing = createTracing(options.tracing, { clock, log, version })
    started.push(() => tracing.close())
    if (options.bootstrap !== undefined) await bootstrapProject(records, options.bootstrap)

    const registry = createMetricsRegistry()
    countSpans(registry, tracing)
    const probe = createBrokerProbe(registry, log, () => clock.monotonic())
    const enrolledKeys = createEnrolledKeys(records)
    await enrolledKeys.refresh()
    const grantKeys = await loadGrantKeys({ ...records, identity })
    await tellLogKey({ ...records, identity })
    const dataPlaneClock = options.dataPlane.clock ?? systemClock
    const policies = createPolicyBook(records)
    await policies.load()
    const encrypting = await loadEncrypting(records)
    const dataSocket = await openSocket({ enrolledKeys, probe, clock: dataPlaneClock })
    started.push(() => dataSocket.close())
    const dataPlane = await openEndpoints({ ...records, identity }, dataSocket, options.dataPlane)

    const links = linksOf(options)
    const reached = { url: options.publicUrl ?? '' }
    const heads = headsIn(stateDir, (error) => log.error({ error }, 'a checkpoint of the audit log could not be kept'))
    started.push(() => heads.settled())
    const known = {
      ...records,
      lanes,
      tracing,
      identity,
      grantKeys,
      enrolledKeys,
      policies,
      encrypting,
      heads,
      archives: archivesIn(stateDir),
    }
    const core = createCore(known, options, { dataPlane, registry, links, reached })
    started.push(() => core.outbox.close())
    started.push(() => core.refusals.record(true).catch((error) => log.error({ error }, 'refusals were not recorded')))
    await core.fleet.stops.refresh(core)
    options.instrument?.(core)
    started.push(() => core.dispatcher.close())
    addDomainMetrics(registry, core)

    // Before the first agent comes.
    await core.dispatcher.findWaiting()
    await easeEarlier(core)
    const { listeners } = dataPlane
    const broker = startBroker({ core, dataSocket, listeners, clock: dataPlaneClock, probe })
    started.push(() => broker.close())
    core.listening = listeningOf(broker, dataPlane)
    core.pulse.checkDataPlane = () => checkOpen(broker)
    const http = await openHttp(options, core, { broker, registry, links })
    started.push(() => http.close())
    const url = await http.listen()
    reached.url ||= url
    if (links !== undefined) links.publicUrl ||= url
    const forwarding = await forwardTo(core, options.siem)
    started.push(() => forwarding?.close())
    const more = [...(options.followers ?? []), ...(forwarding === undefined ? [] : [forwarding.follower])]
    const { following, stop: stopFollowers } = startFollowers(core, registry, more)
    core.pulse.followers = following
    started.push(stopFollowers)
    const exportMaker = createExportMaker(core)
    started.push(() => exportMaker.close())
    const outside = options.witness && createOutsideWitness(core, options.witness, countOutside(registry))
    started.push(() => outside?.close())
    started.push(startDuties(core, broker, { exportMaker, outside, removed: countRemoved(registry) }))
    const { boundAt, addresses } = dataPlane
    log.notice({ url, data_plane: boundAt[core.serverKeys.current.endpoint], version }, 'the router is up')
    return {
      url,
      get dataPlane() {
        return boundAt.primary ?? addresses.primary
      },
      get alternate() {
        return boundAt.alternate ?? addresses.alternate
      },
      core,
      lost: active.lost,
      reload: async () => http.renewCertificate(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Known = Pick<
  Core,
  | 'store'
  | 'clock'
  | 'log'
  | 'eventLog'
  | 'lanes'
  | 'tracing'
  | 'identity'
  | 'grantKeys'
  | 'enrolledKeys'
  | 'policies'
  | 'encrypting'
  | 'heads'
  | 'archives'
>

interface CoreParts {
  dataPlane: DataPlane
  registry: Registry
  links: LinkOptions | undefined
  /** Where people reach it; empty until it listens, unless it was said. */
  reached: { readonly url: string }
}

function createCore(known: Known, options: RouterOptions, { dataPlane, registry, links, reached }: CoreParts): Core {
  const { clock, store, tracing } = known
  const fleet = createFleet(clock, systemChance)
  const ended = countEnded(registry, clock.now)
  const calls = createCalls(clock, {
    ended(row) {
      ended(row)
      traceEnd(tracing, row, clock.now())
    },
    freed: fleet.freed,
  })
  const settings = { ...defaults, ...options.settings, mail: options.mail !== undefined, links: links !== undefined }
  const mail = options.mail && createMailer(clock, options.mail)
  const outbound = createOutbound({ clock, privateTargets: settings.privateTargets, limits: outboundLimits })
  return {
    ...known,
    settings,
    fleet,
    calls,
    kinds: createKinds(store.db),
    dispatcher: createDispatcher({ ...known, settings, fleet, calls }),
    outbox: createOutbox(known, {
      send: createSend({
        ...known,
        fleet,
        outbound,
        mail,
        publicUrl: () => reached.url,
        pushContact: options.mail?.from,
        linkFor: async (id, delivery) => links && linkForMail(known, links, id, delivery),
      }),
      chance: systemChance,
      attempted: countAttempts(registry),
      noted: noteAtReceiver,
    }),
    refusals: createRefusals(known),
    witnesses: createWitnesses({ ...known, fleet, settings }, countWitnessed(registry)),
    absences: createAbsences(clock.monotonic()),
    keyring: createKeyring(store.db, clock),
    sessions: createSessionWatch(),
    publicUrl: () => reached.url,
    identityProvider: options.identityProvider && identityProviderOf(options.identityProvider, clock, reached),
    workspaces: createWorkspaceDirectory(store.db),
    serverKeys: createServerKeys(dataPlane.keys.map(serverKeyOf)),
    // Before the broker runs nobody rotates.
    listening: { open: neverYet, close: neverYet },
    rotations: createRotationWatch(clock),
    announcedAddress: options.dataPlane.announced ?? dataPlane.boundAt.primary ?? dataPlane.addresses.primary,
    announcedAlternate: options.dataPlane.announcedAlternate,
    boundAt: dataPlane.boundAt,
    pulse: {
      version,
      startedAt: clock.monotonic(),
      duties: new Map(),
      followers: [],
      checkDataPlane() {},
      disk: () => diskOf(options.stateDir),
    },
  }
}

function openHttp(
  options: RouterOptions,
  core: Core,
  { broker, registry, links }: { broker: Broker; registry: Registry; links: LinkOptions | undefined },
): Promise<HttpServer> {
  const { requestsPerMinutePerKey, failedAuthenticationsPerMinute, ...server } = options.http
  const api = apiDoor({
    core,
    registry,
    version,
    readiness: {
      database: () => core.store.pool.query('select 1'),
      data_plane: () => checkOpen(broker),
    },
    requestsPerMinutePerKey,
    failedAuthenticationsPerMinute,
  })
  return createHttpServer({ ...server, core, registry, doors: [api, opsDoor(core, links)] })
}

/** Whoever runs the router named it: it may stand in a private network. */
function identityProviderOf(options: ProviderOptions, clock: Clock, reached: CoreParts['reached']) {
  const outbound = createOutbound({ clock, privateTargets: true })
  return createIdentityProvider(options, { outbound, publicUrl: () => reached.url })
}

async function neverYet(): Promise<never> {
  throw new Error('the data plane does not run yet')
}

function checkOpen(broker: Broker): void {
  if (broker.closed) throw new Error('the data plane is closed')
}

/** Where people reach it is known once it listens, unless it was said. */
function linksOf({ linkSecret, publicUrl }: RouterOptions): LinkOptions | undefined {
  return linkSecret === undefined ? undefined : { secret: linkSecret, publicUrl: publicUrl ?? '' }
}
