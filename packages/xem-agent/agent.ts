// The agent that runs tools: their bundles and their calls, under the body that all agents share.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Agent, startAgent as startBody } from '@xerotier/link/agent/agent.ts'
import { besideQueue, statePaths } from '@xerotier/link/agent/settings.ts'
import type { AgentKind, Surroundings, Work } from '@xerotier/link/agent/work.ts'
import type { Credentials } from '@xerotier/link/credentials/credentials.ts'
import type { Outbox } from '@xerotier/link/outbox.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { createCallback } from './callback.ts'
import { type AgentConfig, options as optionTable, ownPaths } from './config.ts'
import { callsFolder, clearCallFolders, createCallFolders } from './execution/call-folders.ts'
import { credentialFiles, credentialsFileFor, readyCredentialsFolder } from './execution/credentials.ts'
import { createExecutions, settleInterrupted } from './execution/executions.ts'
import { createFitness } from './execution/fitness.ts'
import { endLeftovers, journalVariable } from './execution/leftovers.ts'
import {
  checkReachable,
  checkUnreadable,
  findToolsUser,
  mayBecomeAnybody,
  type ToolsUser,
} from './execution/tools-user.ts'
import { createVettedCredentials } from './execution/vetted-credentials.ts'
import { type InterruptedCall, leaveInterrupted, takeInterrupted, unknownCall } from './interrupted.ts'
import { createExecutionMetrics } from './metrics.ts'
import { createBuiltins } from './tools/builtins/registry.ts'
import { type Catalogue, type CatalogueOptions, loadCatalogue } from './tools/catalogue.ts'
import { createGive } from './tools/mcp-givens.ts'
import { offerOf } from './tools/offer.ts'
import type { Owners } from './tools/owners.ts'
import { keepOwners, readOwners } from './tools/owners-file.ts'

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
  instrumentKeys?(credentials: Credentials): void
}

export const shippedDir = join(import.meta.dirname, 'bundles')

/**
 * @throws StartError when enrollment is refused; an error when keys, queue or the metrics port
 * cannot be had.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { config, log } = options
  const user = config.tools_user === undefined ? undefined : findToolsUser(config.tools_user)
  if (user === undefined && mayBecomeAnybody())
    log.warning({}, 'tools run with the rights of root; XEM_TOOLS_USER names another user for them')
  const kind: AgentKind = {
    role: 'xem',
    async prepare({ journalId, firstStart }) {
      readyCredentialsFolder(config.credentials_dir, firstStart, log)
      if (user !== undefined) checkUnreadable(user, [...statePaths(config), ...credentialFiles(config.credentials_dir)])
      for (const { pid, executionId } of await endLeftovers(journalId, user)) {
        const about = { pid, execution_id: executionId }
        log.warning(about, 'a program of an earlier process was still running and was ended')
      }
      const folder = callsFolder(tmpdir(), journalId)
      await clearCallFolders(folder, user)
      if (user !== undefined) checkReachable(user, folder)
    },
    begin: (surroundings) => beginTools(options, user, surroundings),
  }
  const { clock, version, aborted, instrument, instrumentKeys } = options
  const tested = { instrument, instrumentKeys }
  return startBody(kind, { settings: config, options: optionTable, clock, log, version, aborted, ...tested })
}

async function beginTools(
  options: AgentOptions,
  toolsUser: ToolsUser | undefined,
  surroundings: Surroundings,
): Promise<Work> {
  const { config, log } = options
  const hostEnv = { ...options.hostEnv, ...toolsUser?.environment }
  const { clock, enrollment, outbox, reports, registry, grantKeys, tracing } = surroundings
  const ownersPath = besideQueue('owners.json', config.queue_db_path)
  const marks = { [journalVariable]: outbox.journalId }
  const vetted = createVettedCredentials(log)
  vetted.look(credentialFiles(config.credentials_dir))
  const folders = createCallFolders(callsFolder(tmpdir(), outbox.journalId), toolsUser, vetted)
  const given = { toolsUser, give: createGive({ hostEnv, marks, user: toolsUser, folders }) }
  const load = async (owners: Owners | undefined) => {
    const loaded = await loadTools(options, surroundings, given, owners)
    try {
      keepOwners(ownersPath, loaded.owners)
    } catch (error) {
      log.warning({ error }, 'whose the names of the tools are cannot be written')
    }
    return loaded
  }
  let catalogue: Catalogue = await load(readOwners(ownersPath))

  const metrics = createExecutionMetrics(registry, config.max_concurrent_executions, {
    now: clock.now,
    inFlight: () => executions.running().length,
    bundlesRefused: () => catalogue.bundles.filter((bundle) => bundle.error !== null).length,
  })
  const interruptedPath = besideQueue('interrupted.json', config.queue_db_path)
  for (const call of earlierCalls(interruptedPath, surroundings)) metrics.interruptedBefore(call)
  /** Since this process ends its calls. */
  let interrupted: InterruptedCall[] | undefined

  const fitness = createFitness(callsFolder(tmpdir(), outbox.journalId), { clock, log })
  const executions = createExecutions({
    fitness,
    clock,
    log,
    reports,
    outbox,
    meters: {
      ...metrics,
      ended(call) {
        metrics.ended(call)
        if (call.outcome === 'interrupted') interrupted?.push({ workspace: call.workspace, tool: call.tool })
      },
    },
    hostEnv,
    projectId: enrollment.project_id,
    grantKeys,
    tracing,
    maxConcurrent: config.max_concurrent_executions,
    routerNow: surroundings.routerClock.now,
    credentialsDir: config.credentials_dir,
    folders,
    toolsUser,
    tools: () => catalogue.tools,
    callback: createCallback({
      routerUrl: config.router_url,
      token: config.router_auth_token,
      project: config.project_external_id ?? enrollment.project_id,
      allowInsecure: config.allow_insecure,
    }),
  })
  return {
    ...executions,
    maxConcurrent: config.max_concurrent_executions,
    offer: () => offerOf(catalogue),
    unfit: fitness.flaw,
    interrupt() {
      interrupted ??= []
      executions.interrupt()
    },
    async reload() {
      vetted.look(credentialFiles(config.credentials_dir))
      const next = await load(catalogue.owners)
      // What fails above leaves everything as it was; nothing below fails.
      const before = catalogue
      catalogue = next
      before.retire()
      return next.bundles.every((bundle) => bundle.error === null)
    },
    async close() {
      try {
        leaveInterrupted(interruptedPath, interrupted ?? [])
      } catch (error) {
        log.warning({ error }, 'the next process will not count the calls that this one interrupted')
      }
      fitness.close()
      await catalogue.close()
    },
  }
}

function loadTools(
  options: AgentOptions,
  { clock, log, aborted }: Surroundings,
  given: Pick<CatalogueOptions, 'toolsUser' | 'give'>,
  owners: Owners | undefined,
): Promise<Catalogue> {
  const { config, hostEnv, version } = options
  return loadCatalogue({
    owners,
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
      asAnotherUser: given.toolsUser !== undefined,
    }),
    version,
    searchPath: hostEnv.PATH,
    ...given,
    credentialsFile: (rules) => credentialsFileFor(rules, undefined, config.credentials_dir),
  })
}

/**
 * Calls that the end of an earlier process interrupted. Those that only the journal knows are
 * settled.
 */
function earlierCalls(path: string, { clock, log, outbox }: Surroundings): InterruptedCall[] {
  const calls = takeInterrupted(path)
  for (const { execution_id, attempt } of settleInterrupted(outbox, clock.now())) {
    calls.push(unknownCall)
    log.warning({ execution_id, attempt }, 'call was interrupted by the end of an earlier process')
  }
  return calls
}
