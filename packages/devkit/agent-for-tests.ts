// A XEM agent of a test's own, in this process: enrolled through
// the real path, with keys, queue and folders of its own.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@xerotier/client/client.ts'
import type { Agent } from '@xerotier/link/agent/agent.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { type Log, silentLog } from '@xerotier/runtime/log.ts'
import { startAgent } from '@xerotier/xem-agent/agent.ts'
import { loadAgentConfig, options as settings } from '@xerotier/xem-agent/config.ts'

export interface AgentForTests {
  name: string
  agent: Agent
  /**
   * Put bundles into `tools` before the start or before
   * `agent.reload()`; credential files into `credentials`.
   */
  tools: string
  credentials: string
  /** Where it keeps its keys, its enrollment and its queue. */
  folder: string
  /** Stops until `restart`. */
  leave(): Promise<void>
  /** Stops and starts again on the same keys and queue, without a join key. */
  restart(env?: Record<string, string>): Promise<void>
  stop(): Promise<void>
}

export interface AgentForTestsOptions {
  name?: string
  /** `XEM_*` that differ. */
  env?: Record<string, string>
  /**
   * Environment from which tools take what their bundle allows, besides PATH and a HOME of its own.
   */
  hostEnv?: Record<string, string>
  log?: Log
  clock?: Clock
  /** Fills the folders before the first start. */
  prepare?(folders: { tools: string; credentials: string }): void
}

export async function startAgentForTests(client: Client, options: AgentForTestsOptions = {}): Promise<AgentForTests> {
  const name = options.name ?? 'test-xem-01'
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-agent-'))
  const [tools, credentials, home] = ['tools', 'credentials', 'home'].map((part) => join(folder, part)) as [
    string,
    string,
    string,
  ]
  for (const path of [tools, credentials, home]) mkdirSync(path)
  options.prepare?.({ tools, credentials })

  const start = async (joinKey: Record<string, string>, more: Record<string, string> = {}): Promise<Agent> => {
    const env = {
      XEM_ROUTER_URL: client.origin,
      XEROTIER_AGENT_ALLOW_INSECURE: 'true',
      XEM_REGISTRATION_NAME: name,
      XEM_SHIPPED_BUNDLES: 'host,bench',
      XEM_TOOLS_DIR: tools,
      XEM_CREDENTIALS_DIR: credentials,
      XEM_SIGNING_KEY_PATH: join(folder, 'signing-key.hex'),
      XEM_CURVE_KEY_PATH: join(folder, 'curve-key.hex'),
      XEM_QUEUE_DB_PATH: join(folder, 'queue.sqlite'),
      XEM_METRICS_HOST: '127.0.0.1',
      XEROTIER_XEM_METRICS_PORT: '0',
      XEM_SHUTDOWN_GRACE_SECONDS: '2',
      ...joinKey,
      ...options.env,
      ...more,
    }
    const { values } = loadAgentConfig(parseFlags(settings, []), env)
    const hostEnv = { PATH: process.env.PATH, HOME: home, ...options.hostEnv }
    const { clock = systemClock, log = silentLog } = options
    return startAgent({ config: values, clock, log, version: '0.0.0', hostEnv })
  }

  let away = false
  const { key } = await client.call('joinKeys.create', { body: { name, region: 'test' } })
  const running: AgentForTests = {
    name,
    agent: await start({ XEM_JOIN_KEY: key }),
    tools,
    credentials,
    folder,
    async leave() {
      if (!away) await running.agent.stop('it leaves')
      away = true
    },
    async restart(env) {
      await running.leave()
      running.agent = await start({}, env)
      away = false
    },
    async stop() {
      await running.leave()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return running
}
