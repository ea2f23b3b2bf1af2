// The body of every agent: keys, enrollment, the link, metrics, and how it drains, reloads and
// stops.
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { features } from '@xerotier/protocol/features.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import { notPermittedExitCode } from '@xerotier/runtime/start-error.ts'
import { countSpans } from '@xerotier/runtime/tracing/count-spans.ts'
import { tracingOf } from '@xerotier/runtime/tracing/options.ts'
import { createTracing } from '@xerotier/runtime/tracing/tracing.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { credentialsOnDisk } from '../credentials/on-disk.ts'
import { keepEnrolled } from '../enroll.ts'
import { createLink, type Link } from '../link.ts'
import type { Outbox } from '../outbox.ts'
import { createReports } from '../reports.ts'
import { createAuditWitness } from './audit-witness.ts'
import { createGrantKeys } from './grant-keys.ts'
import { createHandlers } from './handlers.ts'
import { enrolled, enrollOptions, putAside, readyKeys } from './identity.ts'
import { createManifestKeeper } from './manifest.ts'
import { createAgentMetrics } from './metrics.ts'
import { createRouterClock } from './router-clock.ts'
import { type AgentOptionTable, type AgentSettings, auditHeadFile, besideQueue } from './settings.ts'
import { openMetrics, openQueue } from './start-parts.ts'
import { createStop } from './stop.ts'
import type { AgentKind } from './work.ts'

export interface AgentOptions {
  settings: AgentSettings
  /** The table that the settings come from: errors name its variables. */
  options: AgentOptionTable
  clock: Clock
  log: Log
  version: string
  /** Gives up a start that waits for the router. */
  aborted?: AbortSignal | undefined
  /** Looks at the parts before they are used. Tests of faults put themselves between them here. */
  instrument?: ((parts: { outbox: Outbox }) => void) | undefined
  /** The same of what it dials with, which is there later. */
  instrumentKeys?: ((credentials: Credentials) => void) | undefined
}

export interface Agent {
  readonly agentId: string
  readonly metricsPort: number
  readonly link: Pick<Link, 'state'>
  running(): number
  /** Reads again what the work works with; calls in flight keep what they started with. */
  reload(): Promise<void>
  /**
   * Drains within the grace, ends what still runs, hands over what it has, and closes.
   * @throws at its end when results are lost
   */
  stop(reason: string): Promise<void>
  /** Resolves with an exit code when it cannot go on. */
  ended: Promise<number>
}

/**
 * @throws StartError when enrollment is refused; an error when keys, queue or the metrics port
 * cannot be had
 */
export async function startAgent(kind: AgentKind, agent: AgentOptions): Promise<Agent> {
  const { settings, clock, log, version } = agent
  const firstStart = !existsSync(settings.enrollment_path)
  const keys = readyKeys(settings, log)
  const outbox = openQueue(settings.queue_db_path, agent.options)
  agent.instrument?.({ outbox })
  await kind.prepare({ journalId: outbox.journalId, firstStart })

  const host = hostname().slice(0, 255)
  const enrolling = enrollOptions({ settings, role: kind.role, keys, clock, log, hostname: host, version })
  const enrollment = await enrolled(enrolling, agent.aborted)
  const routerClock = createRouterClock(clock, log)
  // The token is the router's, and so is the time until which it is good.
  const credentials = credentialsOnDisk(
    enrolling,
    { curve: settings.curve_key_path, signing: settings.signing_key_path },
    enrollment,
  )
  agent.instrumentKeys?.(credentials)
  const renewing = keepEnrolled({ ...enrolling, clock: { ...clock, now: routerClock.now } }, enrollment, credentials)
  const grantKeys = createGrantKeys({ log, pin: credentials.pinGrantKey }, enrollment.router.signing_public_key)

  const stopping = new AbortController()
  const registry = createMetricsRegistry()
  const tracing = createTracing(tracingOf(settings), { clock, log, version })
  countSpans(registry, tracing)
  const reports = createReports({ outbox, log })
  const work = await kind.begin({
    ...{ clock, log, routerClock, enrollment, grantKeys },
    ...{ outbox, reports, registry, tracing },
    aborted: AbortSignal.any([stopping.signal, ...(agent.aborted === undefined ? [] : [agent.aborted])]),
  })
  const manifest = createManifestKeeper(besideQueue('manifest.json', settings.queue_db_path), (error) =>
    log.error({ error }, 'the state of the manifest cannot be written; the manifest is published all the same'),
  )
  manifest.update(work.offer())

  const witness = createAuditWitness({
    path: besideQueue(auditHeadFile, settings.queue_db_path),
    enrollment,
    signing: () => credentials.keys.signing,
    ...{ clock, log, looked: (...what) => metrics.checkpoint(...what) },
  })
  const ended = Promise.withResolvers<number>()
  const link = createLink({
    clock,
    chance: systemChance,
    log,
    credentials,
    outbox,
    reports,
    maxConcurrentExecutions: work.maxConcurrent,
    leaseRenewalIntervalMs: settings.lease_renewal_interval_ms,
    hostname: host,
    version,
    features: [features.cosign, features.grant_keys],
    manifest: manifest.current,
    running: work.running,
    unfit: work.unfit,
    handlers: createHandlers({
      log,
      work,
      manifest,
      manifestChanged: () => link.manifestChanged(),
      checkpoint: witness.look,
      grantKeys: grantKeys.heard,
      clock: routerClock.measured,
      unreached: renewing.renewNow,
      signsAnew() {
        // The token is for the key before.
        renewing.renewNow()
        witness.sayKey()
      },
      online() {
        metrics.connected()
        log.notice({ agent: enrollment.agent_id, project: enrollment.project_id }, 'online')
      },
      revoked() {
        renewing.cancel()
        putAside(settings, log)
        ended.resolve(notPermittedExitCode)
      },
    }),
  })
  const identity = { project: enrollment.project_id, agent: enrollment.agent_id, name: enrollment.name, version }
  const metrics = createAgentMetrics(registry, kind.role, identity, {
    unacknowledgedResults: () => outbox.pending().length,
    online: () => link.state === 'online',
    manifestVersion: () => manifest.current().manifest_version,
    clockOffsetSeconds: () => (routerClock.offsetMs ?? 0) / 1000,
  })
  const metricsServer = await openMetrics(
    {
      registry,
      host: settings.metrics_host,
      port: settings.metrics_port,
      flaw: () => (link.state === 'online' ? work.unfit() : 'not connected'),
    },
    agent.options,
  )
  log.info({ host: metricsServer.host, port: metricsServer.port }, 'metrics served')
  link.start()

  async function reload(): Promise<void> {
    // A reload that fails leaves everything as it was.
    const ok = await work.reload()
    metrics.reloaded(ok)
    const offer = work.offer()
    const changed = manifest.update(offer)
    const { manifest_version } = manifest.current()
    log.notice({ manifest_version, changed, tools: offer.tools.length }, 'bundles and credentials read again')
    // The reports about bundles are in the manifest too, so it goes out although only they may have
    // changed.
    link.manifestChanged()
  }

  let reloading: Promise<void> = Promise.resolve()
  const stop = createStop({
    clock,
    log,
    graceMs: settings.shutdown_grace_seconds * 1000,
    work,
    link,
    outbox,
    begin() {
      renewing.cancel()
      stopping.abort()
    },
    reloaded: () => reloading,
    close: () => Promise.all([metricsServer.close(), tracing.close()]),
  })
  return {
    agentId: enrollment.agent_id,
    metricsPort: metricsServer.port,
    link,
    running: () => work.running().length,
    reload() {
      // One after the other: two signals in a row must not leave two sets of tools.
      reloading = reloading.catch(() => {}).then(reload)
      return reloading
    },
    stop,
    ended: ended.promise,
  }
}
