// The settings that every kind of agent has. Names of variables, defaults of paths and ports are
// the kind's.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { host } from '@xerotier/runtime/address-options.ts'
import { ConfigError } from '@xerotier/runtime/config-error.ts'
import { logLevels } from '@xerotier/runtime/log.ts'
import {
  boolean,
  choice,
  httpUrl,
  integer,
  matching,
  type OptionTable,
  path,
  text,
  type Values,
} from '@xerotier/runtime/option.ts'
import { tracingOptions } from '@xerotier/runtime/tracing/options.ts'
import { nextPathOf } from '../credentials/next-keys.ts'

export interface SettingNames {
  program: string
  /** Before the names of its variables: `XEM_`. */
  prefix: string
  /** Default of `state_dir`. */
  home: string
  metricsPort: { variable: string; port: number }
}

export function agentOptions({ program, prefix, home, metricsPort }: SettingNames) {
  const queue = inStateDir(home, 'state/queue.sqlite')
  const enrollmentPath = (values: Record<string, unknown>): string =>
    besideQueue('enrollment.json', textOf(values.queue_db_path) ?? queue(values))
  return {
    router_url: {
      env: [`${prefix}ROUTER_URL`],
      flagAliases: ['enroll-url'],
      type: httpUrl,
      required: true,
      help: "The router's HTTPS base URL: enrollment and callbacks. The data plane's address comes with the join key.",
    },
    join_key: {
      env: [`${prefix}JOIN_KEY`],
      type: text,
      secret: true,
      required: (values: Record<string, unknown>) =>
        !existsSync(textOf(values.enrollment_path) ?? enrollmentPath(values)),
      help: 'Single-use enrollment token. Not needed once the agent is enrolled.',
    },
    registration_name: {
      env: [`${prefix}REGISTRATION_NAME`],
      type: matching(
        'name',
        /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,46}[a-zA-Z0-9])?$/,
        'must be letters, digits and inner hyphens, 48 at most',
      ),
      required: true,
      help: 'Stable name of this agent across restarts, unique in its project.',
    },
    allow_insecure: {
      env: ['XEROTIER_AGENT_ALLOW_INSECURE'],
      type: boolean,
      default: false,
      help: 'Accept a router URL that is not HTTPS, or a certificate that does not verify. Development only.',
    },
    log_level: {
      env: [`${prefix}LOG_LEVEL`],
      type: choice(logLevels),
      default: 'info',
      help: 'Log verbosity. Lines are JSON on stderr.',
    },
    lease_renewal_interval_ms: {
      env: [`${prefix}LEASE_RENEWAL_INTERVAL_MS`],
      type: integer(100, 3_600_000),
      default: 10_000,
      help: 'Milliseconds between lease renewals to the router.',
    },
    shutdown_grace_seconds: {
      env: [`${prefix}SHUTDOWN_GRACE_SECONDS`],
      type: integer(0, 3600),
      default: 30,
      help: 'Seconds that running calls have to end after SIGTERM before they are killed.',
    },
    state_dir: {
      env: [`${prefix}STATE_DIR`],
      type: path,
      default: home,
      help: 'Folder of all that the agent keeps and reads. Each path below it has a setting of its own that wins.',
    },
    signing_key_path: {
      env: [`${prefix}SIGNING_KEY_PATH`],
      type: path,
      default: inStateDir(home, 'agent-signing-key.hex'),
      help: "The agent's Ed25519 private key; made on first start, 0600.",
    },
    curve_key_path: {
      env: [`${prefix}CURVE_KEY_PATH`],
      type: path,
      default: inStateDir(home, 'agent-curve-key.hex'),
      help: "The agent's CURVE private key; made on first start, 0600.",
    },
    queue_db_path: {
      env: [`${prefix}QUEUE_DB_PATH`],
      type: path,
      default: queue,
      help: 'SQLite file of calls begun and results not yet acknowledged.',
    },
    enrollment_path: {
      env: [`${prefix}ENROLLMENT_PATH`],
      type: path,
      default: enrollmentPath,
      help: 'Where the enrollment is kept, 0600; beside the queue unless set. Remove it to enroll again.',
    },
    metrics_port: {
      env: [metricsPort.variable],
      type: integer(0, 65535),
      default: metricsPort.port,
      file: false,
      help: 'TCP port of /metrics and /healthz; 0 takes a free one.',
    },
    metrics_host: {
      env: [`${prefix}METRICS_HOST`],
      type: host,
      default: '0.0.0.0',
      file: false,
      help: 'Address of the metrics port. Every interface by default, as Prometheus scrapes from elsewhere; 127.0.0.1 limits it.',
    },
    ...tracingOptions(program),
  } satisfies OptionTable
}

export type AgentOptionTable = ReturnType<typeof agentOptions>
export type AgentSettings = Values<AgentOptionTable>

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The default of a path: below `state_dir`. */
export function inStateDir(home: string, name: string): (values: Record<string, unknown>) => string {
  return (values) => join(textOf(values.state_dir) ?? home, name)
}

/** State that belongs with the queue and needs no path of its own. */
export function besideQueue(name: string, queuePath: string): string {
  return join(dirname(queuePath), name)
}

/** What the agent saw last of the audit log. */
export const auditHeadFile = 'audit-head.json'

/** What is the agent's alone: its keys and its state. */
export function statePaths({ signing_key_path, curve_key_path, enrollment_path, queue_db_path }: AgentSettings) {
  const queue = ['', '-wal', '-shm', '-journal'].map((end) => queue_db_path + end)
  const enrollment = ['', '.revoked'].map((end) => enrollment_path + end)
  const beside = ['manifest.json', auditHeadFile].map((name) => besideQueue(name, queue_db_path))
  const keys = [signing_key_path, curve_key_path]
  return [...keys, ...keys.map(nextPathOf), ...queue, ...enrollment, ...beside]
}

/** What settings say together. @throws ConfigError */
export function checkAgentSettings(values: Pick<AgentSettings, 'router_url' | 'allow_insecure'>): void {
  if (values.router_url?.startsWith('http:') && !values.allow_insecure) {
    const reason = 'router_url must be https; XEROTIER_AGENT_ALLOW_INSECURE=true allows http, for development'
    throw new ConfigError('invalidValue', reason)
  }
}
