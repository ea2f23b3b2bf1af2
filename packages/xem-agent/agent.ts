// The whole agent, put together by hand: keys, enrollment, tools, calls, the link, and how they stop.
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { EnrollError, type EnrollOptions, ensureEnrolled, keepEnrolled } from '@xerotier/link/enroll.ts'
import { loadKeys } from '@xerotier/link/keys.ts'
import { createLink, type Link } from '@xerotier/link/link.ts'
import type { Outbox } from '@xerotier/link/outbox.ts'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { keyIdOf, verifyingKey } from '@xerotier/runtime/ed25519.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import { notPermittedExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import { createTracing } from '@xerotier/runtime/tracing.ts'
import { createCallback } from './callback.ts'
import { type AgentConfig, besideQueue, ownPaths } from './config.ts'
import { credentialsFileFor, readyCredentialsFolder } from './execution/credentials.ts'
import { environmentOf } from './execution/environment.ts'
import { createExecutions, type Executions, settleInterrupted } from './execution/executions.ts'
import { endLeftovers, journalVariable } from './execution/leftovers.ts'
import { killGraceMs } from './execution/process-group.ts'
import { type InterruptedCall, leaveInterrupted, takeInterrupted, unknownCall } from './interrupted.ts'
import { createManifestKeeper } from './manifest.ts'
import { createAgentMetrics } from './metrics.ts'
import { openMetrics, openQueue } from './start-parts.ts'
import { createBuiltins } from './tools/builtins/registry.ts'
import { type Catalogue, loadCatalogue } from './tools/catalogue.ts'

export interface AgentOptions {
  config: AgentConfig
  clock: Clock
  log: Log
  version: string
  /** Where the settings come from, besides. */
  configFile?: string | undefined
  /** The environment from which tools take what their bundle allows. */
  hostEnv: NodeJS.ProcessEnv
  /** Gives up a start that waits for the router. */
  aborted?: AbortSignal
  /** Looks at the parts before they are used; tests of faults put themselves between them here. */
  instrument?(parts: { outbox: Outbox }): void
}

export interface Agent {
  readonly agentId: string
  readonly metricsPort: number
  readonly link: Pick<Link, 'state'>
  running(): number
  /** Reads bundles again; calls in flight keep what they started with. */
  reload(): Promise<void>
  /** Drains within the grace, ends what still runs, hands over what it has, and closes. @throws at its end when results are lost. */
  stop(reason: string): Promise<void>
  /** Resolves with an exit code when it cannot go on. */
  ended: Promise<number>
}

/** How long the last results may take to reach the router. */
const handOverMs = 5000
const shippedDir = join(import.meta.dirname, 'bundles')

/** @throws StartError when enrollment is refused; an error when keys, queue or the metrics port cannot be had. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { config, clock, log, version, hostEnv } = options
  const paths = [config.signing_key_path, config.curve_key_path, config.queue_db_path, config.enrollment_path]
  for (const path of paths) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  readyCredentialsFolder(config.credentials_dir, !existsSync(config.enrollment_path), log)
  const keys = loadKeys({ signingKeyPath: config.signing_key_path, curveKeyPath: config.curve_key_path })
  log.info({ key_id: keys.signing.keyId }, 'keys ready')
  const outbox = openQueue(config.queue_db_path)
  options.instrument?.({ outbox })
  for (const { pid, executionId } of endLeftovers(outbox.journalId)) {
    log.warning({ pid, execution_id: executionId }, 'a program of an earlier process was still running and was ended')
  }
  const enrolling: EnrollOptions = {
    clock,
    log,
    keys,
    routerUrl: config.router_url,
    joinKey: config.join_key,
    registrationName: config.registration_name,
    role: 'xem',
    allowInsecure: config.allow_insecure,
    enrollmentPath: config.enrollment_path,
    hostname: hostname().slice(0, 255),
    version,
  }
  const enrollment = await enrolled(options, enrolling)
  const renewing = keepEnrolled(enrolling, enrollment)
  const routerKey = Buffer.from(enrollment.router.signing_public_key, 'hex')

  const stopping = new AbortController()
  const aborted = AbortSignal.any([stopping.signal, ...(options.aborted === undefined ? [] : [options.aborted])])
  const loadTools = () =>
    loadCatalogue({
      aborted,
      clock,
      log,
      toolsDir: config.tools_dir,
      shippedDir,
      shipped: config.shipped_bundles,
      builtins: createBuiltins({
        clock,
        writeDirs: config.host_write_dirs,
        ownPaths: ownPaths(config, options.configFile),
      }),
      version,
      searchPath: hostEnv.PATH,
      environment: (rules, use) =>
        environmentOf(rules, hostEnv, { ...use, tmpDir: tmpdir(), marks: { [journalVariable]: outbox.journalId } }),
      credentialsFile: (rules) => {
        const nobody = { workspace: '', credentials_ref: null }
        return rules.ref?.includes('{workspace}')
          ? undefined
          : credentialsFileFor(rules, nobody, config.credentials_dir)
      },
    })
  let catalogue: Catalogue = await loadTools()
  const keeper = createManifestKeeper(besideQueue('manifest.json', config.queue_db_path), (error) =>
    log.error({ error }, 'the state of the manifest cannot be written; the manifest is published all the same'),
  )
  keeper.update(catalogue)

  const interruptedPath = besideQueue('interrupted.json', config.queue_db_path)
  const interruptedBefore = takeInterrupted(interruptedPath)
  for (const call of settleInterrupted(outbox, clock.now())) {
    interruptedBefore.push(unknownCall)
    log.warning(
      { execution_id: call.execution_id, attempt: call.attempt },
      'call was interrupted by the end of an earlier process',
    )
  }

  const ended = Promise.withResolvers<number>()
  let executions: Executions
  const link: Link = createLink({
    clock,
    chance: systemChance,
    log,
    keys,
    enrollment,
    outbox,
    maxConcurrentExecutions: config.max_concurrent_executions,
    leaseRenewalIntervalMs: config.lease_renewal_interval_ms,
    hostname: hostname().slice(0, 255),
    version,
    manifest: keeper.current,
    running: () => executions.running(),
    handlers: {
      dispatch: (calls) => executions.dispatch(calls),
      cancel: (call) => executions.cancel(call),
      forget: (call) => executions.forget(call),
      bindings(bindings) {
        executions.bind(bindings)
        const workspaces = bindings.map((binding) => binding.workspace_id)
        log.info({ workspaces: bindings.map((binding) => binding.workspace) }, 'workspaces served')
        if (keeper.update({ workspaces })) link.manifestChanged()
      },
      paused(paused) {
        executions.pause(paused)
        log.notice({ paused }, paused.length === 0 ? 'nothing is paused' : 'paused')
      },
      credentialsRevoked(reason) {
        log.critical(
          { reason },
          'the router revoked the credentials of this agent; it must be enrolled again with a new join key',
        )
        renewing.cancel()
        executions.drain()
        executions.interrupt()
        try {
          renameSync(config.enrollment_path, `${config.enrollment_path}.revoked`)
        } catch (error) {
          log.warning({ error }, 'the enrollment could not be put aside')
        }
        ended.resolve(notPermittedExitCode)
      },
      outputAcknowledged: (call) => executions.outputAcknowledged(call),
      online() {
        meters.connected()
        log.notice({ agent: enrollment.agent_id, project: enrollment.project_id }, 'online')
      },
      offline: (reason) => log.warning({ reason }, 'offline; it connects again by itself'),
    },
  })

  const registry = createMetricsRegistry()
  const meters = createAgentMetrics(
    registry,
    {
      project: enrollment.project_id,
      agent: enrollment.agent_id,
      name: enrollment.name,
      version,
      maxConcurrent: config.max_concurrent_executions,
    },
    {
      inFlight: () => executions.running().length,
      unacknowledgedResults: () => outbox.pending().length,
      online: () => link.state === 'online',
      manifestVersion: () => keeper.current().manifest_version,
      bundlesRefused: () => catalogue.bundles.filter((bundle) => bundle.error !== null).length,
    },
  )
  for (const call of interruptedBefore) meters.interruptedBefore(call)
  /** Since the stop began. */
  let interrupted: InterruptedCall[] | undefined
  const tracing = createTracing({
    enabled: config.otel_enabled,
    endpoint: config.otel_endpoint,
    serviceName: config.otel_service_name,
    sampleRate: config.otel_sample_rate,
    clock,
    log,
  })
  executions = createExecutions({
    clock,
    log,
    link,
    outbox,
    meters: {
      ...meters,
      ended(call) {
        meters.ended(call)
        if (call.outcome === 'interrupted') interrupted?.push({ workspace: call.workspace, tool: call.tool })
      },
    },
    hostEnv,
    projectId: enrollment.project_id,
    routerKey: { key: verifyingKey(routerKey), keyId: keyIdOf(routerKey) },
    tracing,
    maxConcurrent: config.max_concurrent_executions,
    credentialsDir: config.credentials_dir,
    tools: () => catalogue.tools,
    callback: createCallback({
      routerUrl: config.router_url,
      token: config.router_auth_token,
      project: config.project_external_id ?? enrollment.project_id,
      allowInsecure: config.allow_insecure,
    }),
  })
  const metricsServer = await openMetrics({
    registry,
    host: config.metrics_host,
    port: config.metrics_port,
    healthy: () => link.state === 'online',
  })
  log.info({ host: metricsServer.host, port: metricsServer.port }, 'metrics served')
  link.start()

  async function reload(): Promise<void> {
    const next = await loadTools()
    const changed = keeper.update(next)
    // What fails above leaves everything as it was; nothing below fails.
    const before = catalogue
    catalogue = next
    before.retire()
    meters.reloaded(next.bundles.every((bundle) => bundle.error === null))
    const { manifest_version } = keeper.current()
    log.notice({ manifest_version, changed, tools: next.tools.size }, 'bundles and credentials read again')
    // The bundle reports are in the manifest too, so it goes out although only they may have changed.
    link.manifestChanged()
  }

  async function stop(reason: string): Promise<void> {
    log.notice({ reason, running: executions.running().length }, 'draining')
    renewing.cancel()
    executions.drain()
    link.drain()
    stopping.abort()
    await reloading.catch(() => {})
    await within(clock, config.shutdown_grace_seconds * 1000, executions.idle())
    const left = executions.running()
    for (const { execution_id } of left)
      log.warning({ execution_id }, 'call did not end within the grace; it is killed')
    interrupted = []
    executions.interrupt()
    await within(clock, 2 * killGraceMs + 1000, executions.idle())
    await link.close(reason, handOverMs)
    let lost: Error | undefined
    try {
      leaveInterrupted(interruptedPath, interrupted)
    } catch (error) {
      log.warning({ error }, 'the next process will not count the calls that this one interrupted')
    }
    try {
      outbox.flush()
    } catch (cause) {
      lost = new Error('results are neither with the router nor on disk: these calls are run again, or ambiguous', {
        cause,
      })
    }
    outbox.close()
    await Promise.all([catalogue.close(), metricsServer.close(), tracing.close()])
    if (lost !== undefined) throw lost
    log.notice({ reason }, 'stopped')
  }

  let reloading: Promise<void> = Promise.resolve()
  return {
    agentId: enrollment.agent_id,
    metricsPort: metricsServer.port,
    link,
    running: () => executions.running().length,
    reload() {
      // One after the other: two signals in a row must not leave two catalogues.
      reloading = reloading.catch(() => {}).then(reload)
      return reloading
    },
    stop,
    ended: ended.promise,
  }
}

/** @throws StartError */
async function enrolled({ aborted }: AgentOptions, enroll: EnrollOptions): Promise<Enrollment> {
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new StartError(1, 'stopped before it was enrolled'))
    if (aborted?.aborted) giveUp()
    aborted?.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([ensureEnrolled(enroll), givenUp])
  } catch (error) {
    // The router was reached and said no: the same join key will not do better.
    if (error instanceof EnrollError) throw new StartError(notPermittedExitCode, `${error.code}: ${error.message}`)
    throw error
  }
}

function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve)
    work.then(() => {
      timer.cancel()
      resolve()
    }, resolve)
  })
}
