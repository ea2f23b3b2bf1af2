import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@xerotier/client/client.ts'
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { notPermittedExitCode } from '@xerotier/runtime/start-error.ts'
import { type Child, cleanEnvironment, passedOn, startChild, tracingVariables, until } from './child.ts'
import type { Ports } from './ports.ts'
import { clone, logPath, type State } from './state.ts'

export const agentName = 'local-xem-01'

/** Settings of the agent that pass through `npm start`. Spans carry the name of their process. */
const passed = [
  'XEM_LOG_LEVEL',
  'XEM_SHIPPED_BUNDLES',
  ...tracingVariables.filter((name) => name !== 'XEROTIER_OTEL_SERVICE_NAME'),
]

/** How it ends when the router does not know it any more. */
export const notPermitted = `exit ${notPermittedExitCode}`

function enrollmentFile(state: State): string {
  return join(state.agent, 'enrollment.json')
}

export function isEnrolled(state: State): boolean {
  return existsSync(enrollmentFile(state))
}

/**
 * For a data plane that moved, and a router that does
 * not know it. Enrolling again keeps the agent's keys.
 */
export function forgetEnrollment(state: State): void {
  rmSync(enrollmentFile(state), { force: true })
}

/** A join key for this machine's agent, one hour. */
export async function mintJoinKey(client: Client, ports: Ports): Promise<string> {
  const { key } = await client.call('joinKeys.create', {
    body: {
      name: agentName,
      region: 'local',
      router_addr: `tcp://127.0.0.1:${ports.dataPlane}`,
      expires_in_hours: 1,
    },
  })
  return key
}

export function startAgentProcess(state: State, ports: Ports, routerUrl: string, joinKey: string | undefined): Child {
  return startChild({
    name: 'XEM agent',
    script: join(clone, 'packages/xem-agent/main.ts'),
    cwd: clone,
    log: logPath(state, 'xem-agent'),
    env: {
      ...cleanEnvironment(process.env),
      ...passedOn(process.env, passed),
      OTEL_SERVICE_NAME: undefined,
      ...(joinKey === undefined ? {} : { XEM_JOIN_KEY: joinKey }),
      XEM_ROUTER_URL: routerUrl,
      XEROTIER_AGENT_ALLOW_INSECURE: 'true', // plain HTTP, on loopback only
      XEM_REGISTRATION_NAME: agentName,
      XEM_TOOLS_DIR: state.tools,
      XEM_CREDENTIALS_DIR: state.credentials,
      XEM_SIGNING_KEY_PATH: join(state.agent, 'signing-key.hex'),
      XEM_CURVE_KEY_PATH: join(state.agent, 'curve-key.hex'),
      XEM_QUEUE_DB_PATH: join(state.agent, 'queue.sqlite'),
      XEM_ENROLLMENT_PATH: enrollmentFile(state),
      XEM_SHUTDOWN_GRACE_SECONDS: '10',
      XEM_METRICS_HOST: '127.0.0.1',
      XEROTIER_XEM_METRICS_PORT: String(ports.metrics),
    },
  })
}

/** Waits for `POST /v1/enroll` to have left its mark. */
export async function untilEnrolled(child: Child, state: State): Promise<void> {
  await until(child, 60_000, async () => (isEnrolled(state) ? true : undefined))
}

/** Healths of an agent that is there; one of its bundles may have a fault. */
const takesPart: readonly string[] = ['healthy', 'degraded', 'paused']

/**
 * Waits for the session over CURVE and the manifest; an
 * operator may have paused the agent in an earlier run.
 * @returns undefined when the router does not know the agent
 */
export async function untilConnected(child: Child, client: Client): Promise<Agent | undefined> {
  const connected = until(child, 60_000, async () => {
    const { data } = await client.call('agents.list', { query: { state: 'active' } })
    const agent = data.find(({ name, health }) => name === agentName && takesPart.includes(health))
    return agent && agent.tool_count > 0 ? agent : undefined
  })
  return connected.catch(async (error: unknown) => {
    if (!child.running() && (await child.exited) === notPermitted) return undefined
    throw error
  })
}
