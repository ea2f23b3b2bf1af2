// A router with its embedded Postgres, and agents: each a process
// of its own, on free ports, in a folder that is removed.

import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { type Child, cleanEnvironment, startChild } from '../scripts/start/child.ts'
import { clone } from '../scripts/start/state.ts'
import type { Cleanup } from './cleanup.ts'
import { argumentsOf, childrenOf } from './proc.ts'
import { untilAnswered } from './until-answered.ts'

const project = 'bench'
const routerProgram = join(clone, 'packages/router/main.ts')
const agentProgram = join(clone, 'packages/xem-agent/main.ts')

export interface RouterUnderTest {
  process: Child
  /** Project-scoped, ends in /v1. */
  baseUrl: string
  apiKey: string
  client: Client
  postgres: { url: string; pid: number }
  folder: string
  /** Its log. */
  log: string
  /** Kills it and starts it again, with the same ports and its state as it was left. */
  killed(): Promise<RouterUnderTest>
}

export interface ProcessOptions {
  /** Instead of the program that ships. */
  script?: string
  env?: Record<string, string>
}

/** Starts a router on an empty database. */
export async function startRouter(cleanup: Cleanup, options: ProcessOptions = {}): Promise<RouterUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-bench-'))
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o700)
  const stateDir = join(folder, 'router')
  mkdirSync(stateDir, { mode: 0o700 })
  // As root the cluster is outside of the state folder, and only a symlink in it says where.
  const cluster = join(stateDir, 'postgres')
  cleanup.defer(() => existsSync(cluster) && rmSync(realpathSync(cluster), { recursive: true, force: true }))
  return runRouter(cleanup, folder, options, { http: '0', dataPlane: 'tcp://127.0.0.1:0' })
}

async function runRouter(
  cleanup: Cleanup,
  folder: string,
  options: ProcessOptions,
  ports: { http: string; dataPlane: string },
): Promise<RouterUnderTest> {
  const log = join(folder, `router-${ports.http}.log`)
  const keyFile = join(folder, 'api-key')
  const child = startChild({
    name: 'router',
    script: options.script ?? routerProgram,
    cwd: clone,
    log,
    env: {
      ...cleanEnvironment(process.env),
      XEROTIER_STATE_DIR: join(folder, 'router'),
      XEROTIER_HTTP_PORT: ports.http,
      XEROTIER_DATA_PLANE: ports.dataPlane,
      XEROTIER_BOOTSTRAP_PROJECT: project,
      XEROTIER_BOOTSTRAP_KEY_FILE: keyFile,
      XEROTIER_BOOTSTRAP_SELF_APPROVAL: 'true',
      XEROTIER_REQUESTS_PER_MINUTE: '1000000000',
      XEROTIER_PUBLIC_REQUESTS_PER_MINUTE: '1000000000',
      ...options.env,
    },
  })
  cleanup.defer(() => child.stop())
  const up = await untilAnswered('the router', child, () => logLine(log, 'the router is up'), 60_000)
  const { url, data_plane: dataPlane } = up
  if (url === undefined || dataPlane === undefined) throw new Error('the router does not say where it listens')
  const apiKey = readFileSync(keyFile, 'utf8').trim()
  const baseUrl = `${url}/${project}/v1`
  const client = createClient({ baseUrl, apiKey })
  return {
    process: child,
    baseUrl,
    apiKey,
    client,
    postgres: postgresOf(child.pid),
    folder,
    log,
    async killed() {
      // A profile is written at the exit.
      if (options.env?.NODE_OPTIONS?.includes('--cpu-prof')) await child.stop()
      else child.kill()
      await child.exited
      return runRouter(cleanup, folder, options, { http: new URL(url).port, dataPlane })
    },
  }
}

export interface RouterOnDatabase {
  process: Child
  /** Project-scoped, ends in /v1. */
  baseUrl: string
  apiKey: string
}

/** The router that ships, on a database that is there; its project is made at the first start. */
export async function startRouterOn(
  cleanup: Cleanup,
  folder: string,
  url: string,
  options: ProcessOptions = {},
): Promise<RouterOnDatabase> {
  const log = join(folder, `router-${randomBytes(4).toString('hex')}.log`)
  const keyFile = join(folder, 'api-key')
  const child = startChild({
    name: 'router',
    script: options.script ?? routerProgram,
    cwd: clone,
    log,
    env: {
      ...cleanEnvironment(process.env),
      XEROTIER_DATABASE_URL: url,
      XEROTIER_COMPLETION_ENCRYPTION_KEY: '5'.repeat(64),
      XEROTIER_STATE_DIR: join(folder, 'router'),
      XEROTIER_HTTP_PORT: '0',
      XEROTIER_DATA_PLANE: 'tcp://127.0.0.1:0',
      XEROTIER_BOOTSTRAP_PROJECT: project,
      XEROTIER_BOOTSTRAP_KEY_FILE: keyFile,
      XEROTIER_REQUESTS_PER_MINUTE: '1000000000',
      ...options.env,
    },
  })
  cleanup.defer(() => child.stop())
  const up = await untilAnswered('the router', child, () => logLine(log, 'the router is up'), 60_000)
  return { process: child, baseUrl: `${up.url}/${project}/v1`, apiKey: readFileSync(keyFile, 'utf8').trim() }
}

/** The postmaster that a router started: its arguments name the folder of its socket. */
function postgresOf(routerPid: number): RouterUnderTest['postgres'] {
  for (const pid of childrenOf(routerPid)) {
    const given = argumentsOf(pid)
    const at = given.indexOf('-k')
    if (at < 0) continue
    const url = `postgresql://xerotier@localhost/xerotier?host=${encodeURIComponent(given[at + 1]!)}`
    return { url, pid }
  }
  throw new Error('the router has no postmaster')
}

export interface AgentUnderTest {
  name: string
  process: Child
  folder: string
  log: string
}

/** Starts the process of a new agent on a fresh join key; does not wait for it. */
export async function startAgent(
  cleanup: Cleanup,
  router: RouterUnderTest,
  name: string,
  options: ProcessOptions = {},
): Promise<AgentUnderTest> {
  const folder = join(router.folder, name)
  for (const path of [folder, join(folder, 'tools'), join(folder, 'credentials')]) mkdirSync(path, { recursive: true })
  const { key } = await router.client.call('joinKeys.create', { body: { name, region: 'bench' } })
  const log = join(folder, 'agent.log')
  const child = startChild({
    name,
    script: options.script ?? agentProgram,
    cwd: clone,
    log,
    env: {
      ...cleanEnvironment(process.env),
      XEM_ROUTER_URL: router.client.origin,
      XEROTIER_AGENT_ALLOW_INSECURE: 'true', // plain HTTP, on loopback only
      XEM_JOIN_KEY: key,
      XEM_REGISTRATION_NAME: name,
      XEM_SHIPPED_BUNDLES: 'host,bench',
      XEM_MAX_CONCURRENT_EXECUTIONS: '256',
      XEM_TOOLS_DIR: toolsOf(router, name),
      XEM_CREDENTIALS_DIR: join(folder, 'credentials'),
      XEM_SIGNING_KEY_PATH: join(folder, 'signing-key.hex'),
      XEM_CURVE_KEY_PATH: join(folder, 'curve-key.hex'),
      XEM_QUEUE_DB_PATH: join(folder, 'queue.sqlite'),
      XEM_METRICS_HOST: '127.0.0.1',
      XEROTIER_XEM_METRICS_PORT: '0',
      XEM_SHUTDOWN_GRACE_SECONDS: '2',
      ...options.env,
    },
  })
  cleanup.defer(() => child.stop())
  return { name, process: child, folder, log }
}

/** Where an agent looks for bundles; one that is to be there at its start is put there before. */
export function toolsOf(router: RouterUnderTest, agent: string): string {
  return join(router.folder, agent, 'tools')
}

export async function untilHealthy(router: RouterUnderTest, agent: AgentUnderTest): Promise<void> {
  await untilAnswered(`${agent.name} to be healthy`, agent.process, async () => {
    const { data } = await router.client.call('agents.list', { query: { limit: 100 } })
    return data.some(({ name, health, tool_count }) => name === agent.name && health === 'healthy' && tool_count > 0)
      ? true
      : undefined
  })
}

/** Makes a workspace, binds the agent, and waits until it serves it. */
export async function serve(router: RouterUnderTest, agent: AgentUnderTest, workspace: string): Promise<void> {
  await untilHealthy(router, agent)
  await router.client.call('workspaces.create', { body: { name: workspace } })
  await router.client.call('workspaces.bind', { params: { id: workspace }, body: { agent: agent.name } })
  await untilAnswered(`${agent.name} to serve ${workspace}`, agent.process, async () => {
    const { data } = await router.client.call('tools.list', { query: { workspace } })
    return data.length > 0 ? true : undefined
  })
}

/** The first line of a JSON log with this message. */
export function logLine(path: string, message: string): Record<string, string> | undefined {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find((text) => text.includes(`"msg":${JSON.stringify(message)}`))
  return line === undefined ? undefined : (JSON.parse(line) as Record<string, string>)
}
