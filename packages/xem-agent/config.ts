// Every setting of the XEM agent. XEM_* and the five names of the observability table are read, nothing else.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Config, loadConfig } from '@xerotier/runtime/config.ts'
import { ConfigError } from '@xerotier/runtime/config-error.ts'
import type { Flags } from '@xerotier/runtime/config-flags.ts'
import { logLevels } from '@xerotier/runtime/log.ts'
import {
  boolean,
  choice,
  httpUrl,
  integer,
  list,
  matching,
  type OptionTable,
  path,
  text,
  type Values,
} from '@xerotier/runtime/option.ts'
import { tracingOptions } from '@xerotier/runtime/tracing-options.ts'

const defaultQueue = '/var/lib/xerotier/state/queue.sqlite'

/** State that belongs with the queue and needs no path of its own. */
export function besideQueue(name: string, queuePath: string): string {
  return join(dirname(queuePath), name)
}

const enrollmentPath = (values: Record<string, unknown>): string =>
  besideQueue('enrollment.json', (values.queue_db_path as string | undefined) ?? defaultQueue)

export const options = {
  router_url: {
    env: ['XEM_ROUTER_URL'],
    flagAliases: ['enroll-url'],
    type: httpUrl,
    required: true,
    help: "The router's HTTPS base URL: enrollment and callbacks. The data plane's address comes with the join key.",
  },
  join_key: {
    env: ['XEM_JOIN_KEY'],
    type: text,
    secret: true,
    required: (values) => !existsSync((values.enrollment_path as string | undefined) ?? enrollmentPath(values)),
    help: 'Single-use enrollment token. Not needed once the agent is enrolled.',
  },
  registration_name: {
    env: ['XEM_REGISTRATION_NAME'],
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
    env: ['XEM_LOG_LEVEL'],
    type: choice(logLevels),
    default: 'info',
    help: 'Log verbosity. Lines are JSON on stderr.',
  },
  lease_renewal_interval_ms: {
    env: ['XEM_LEASE_RENEWAL_INTERVAL_MS'],
    type: integer(100, 3_600_000),
    default: 10_000,
    help: 'Milliseconds between lease renewals to the router.',
  },
  shutdown_grace_seconds: {
    env: ['XEM_SHUTDOWN_GRACE_SECONDS'],
    type: integer(0, 3600),
    default: 30,
    help: 'Seconds that running calls have to end after SIGTERM before they are killed.',
  },
  max_concurrent_executions: {
    env: ['XEM_MAX_CONCURRENT_EXECUTIONS'],
    type: integer(1, limits.inFlightPerAgent),
    default: 20,
    help: 'Most calls that run at the same time.',
  },
  tools_dir: {
    env: ['XEM_TOOLS_DIR'],
    type: path,
    default: '/var/lib/xerotier/tools',
    help: 'Folder of tool bundles, one folder each. May be missing.',
  },
  shipped_bundles: {
    env: ['XEM_SHIPPED_BUNDLES'],
    type: list,
    default: ['host', 'kubernetes', 'aws'] as readonly string[],
    help: 'Bundles that come with the agent to load: host, kubernetes, aws, router, bench; none for none.',
  },
  host_write_dirs: {
    env: ['XEM_HOST_WRITE_DIRS'],
    type: list,
    default: ['/tmp'] as readonly string[],
    help: 'Folders below which host_file_write may write; none for nowhere.',
  },
  credentials_dir: {
    env: ['XEM_CREDENTIALS_DIR'],
    type: path,
    default: '/var/lib/xerotier/credentials',
    help: 'Folder of the credential files that credentials_ref names. Made at the first start, empty; must be there from then on.',
  },
  signing_key_path: {
    env: ['XEM_SIGNING_KEY_PATH'],
    type: path,
    default: '/var/lib/xerotier/agent-signing-key.hex',
    help: "The agent's Ed25519 private key; made on first start, 0600.",
  },
  curve_key_path: {
    env: ['XEM_CURVE_KEY_PATH'],
    type: path,
    default: '/var/lib/xerotier/agent-curve-key.hex',
    help: "The agent's CURVE private key; made on first start, 0600.",
  },
  queue_db_path: {
    env: ['XEM_QUEUE_DB_PATH'],
    type: path,
    default: defaultQueue,
    help: 'SQLite file of calls begun and results not yet acknowledged.',
  },
  enrollment_path: {
    env: ['XEM_ENROLLMENT_PATH'],
    type: path,
    default: enrollmentPath,
    help: 'Where the enrollment is kept, 0600; beside the queue unless set. Remove it to enroll again.',
  },
  router_auth_token: {
    env: ['XEM_ROUTER_AUTH_TOKEN'],
    type: text,
    secret: true,
    help: 'Bearer token of tools that call back to the router; without it they fail with router_callback_missing.',
  },
  project_external_id: {
    env: ['XEM_PROJECT_EXTERNAL_ID'],
    type: matching('proj_…|ws_…', /^(?:proj_[0-9A-Za-z]{4,48}|ws_[0-9a-f]{12,24})$/, 'must be proj_<id> or ws_<hex>'),
    help: 'Project of the callbacks: its id, or that of one of its workspaces. The enrolled project unless set.',
  },
  metrics_port: {
    env: ['XEROTIER_XEM_METRICS_PORT'],
    type: integer(0, 65535),
    default: 9095,
    file: false,
    help: 'TCP port of /metrics and /healthz; 0 takes a free one.',
  },
  metrics_host: {
    env: ['XEM_METRICS_HOST'],
    type: text,
    default: '0.0.0.0',
    file: false,
    help: 'Address of the metrics port. Every interface by default, as Prometheus scrapes from elsewhere; 127.0.0.1 limits it.',
  },
  ...tracingOptions('xerotier-xem-agent'),
} satisfies OptionTable

export type AgentConfig = Values<typeof options>

const defaultConfigFile = '/etc/xerotier/xem.yaml'

/** The path of the YAML file is a flag and no setting, for it says where settings are. */
export const configFlag = {
  config: { env: [], type: path, help: 'YAML file of settings.', default: defaultConfigFile },
}

/** What is the agent's alone: its keys, its state, and where its settings and credential files lie. */
export function ownPaths(values: AgentConfig, configFile = defaultConfigFile): string[] {
  const { signing_key_path, curve_key_path, enrollment_path, queue_db_path, credentials_dir } = values
  const state = ['manifest.json', 'interrupted.json'].map((name) => besideQueue(name, queue_db_path))
  const queue = ['', '-wal', '-shm', '-journal'].map((end) => queue_db_path + end)
  const enrollment = ['', '.revoked'].map((end) => enrollment_path + end)
  return [
    signing_key_path,
    curve_key_path,
    credentials_dir,
    dirname(defaultConfigFile),
    configFile,
    ...queue,
    ...enrollment,
    ...state,
  ]
}

/** What settings say together. @throws ConfigError */
export function checkAgentConfig(values: AgentConfig): void {
  if (values.router_url?.startsWith('http:') && !values.allow_insecure) {
    const reason = 'router_url must be https; XEROTIER_AGENT_ALLOW_INSECURE=true allows http, for development'
    throw new ConfigError('invalidValue', reason)
  }
}

/** @throws ConfigError */
export function loadAgentConfig(flags: Flags, env: NodeJS.ProcessEnv): Config<typeof options> {
  return loadConfig(options, {
    flags,
    env,
    file: flags.given.get('config')?.text ?? defaultConfigFile,
    envPrefixes: ['XEM_', 'XEROTIER_XEM_', 'XEROTIER_OTEL_'],
    // Compose's own: it picks the image and never reaches a plain container, but does an `env_file`.
    foreignEnv: ['XEM_IMAGE', 'XEM_AGENT_LOG_LEVEL', 'XEM_AGENT_MAX_CONCURRENT'],
  })
}
