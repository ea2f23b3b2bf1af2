// Every setting of the XEM agent. XEM_* and the five names of the observability table are read,
// nothing else.
import { dirname } from 'node:path'
import { agentOptions, besideQueue, inStateDir, statePaths } from '@xerotier/link/agent/settings.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Config, loadConfig } from '@xerotier/runtime/config.ts'
import type { Flags } from '@xerotier/runtime/config-flags.ts'
import { integer, list, matching, type OptionTable, path, text, type Values } from '@xerotier/runtime/option.ts'

const home = '/var/lib/xerotier'
const shared = agentOptions({
  program: 'xerotier-xem-agent',
  prefix: 'XEM_',
  home,
  metricsPort: { variable: 'XEROTIER_XEM_METRICS_PORT', port: 9095 },
})

export const options = {
  ...shared,
  max_concurrent_executions: {
    env: ['XEM_MAX_CONCURRENT_EXECUTIONS'],
    type: integer(1, limits.inFlightPerAgent),
    default: 20,
    help: 'Most calls that run at the same time.',
  },
  tools_dir: {
    env: ['XEM_TOOLS_DIR'],
    type: path,
    default: inStateDir(home, 'tools'),
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
    default: inStateDir(home, 'credentials'),
    help: 'Folder of the credential files that credentials_ref names. Made at the first start, empty; must be there from then on.',
  },
  tools_user: {
    env: ['XEM_TOOLS_USER'],
    type: text,
    help: 'User, by name or uid, that the programs of tools run as. As the agent unless set; the agent must be root, or have CAP_SETUID, CAP_SETGID, CAP_CHOWN and CAP_KILL.',
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
} satisfies OptionTable

export type AgentConfig = Values<typeof options>

const defaultConfigFile = '/etc/xerotier/xem.yaml'

/** The path of the YAML file is a flag and no setting, for it says where settings are. */
export const configFlag = {
  config: { env: [], type: path, help: 'YAML file of settings.', default: defaultConfigFile },
}

/**
 * What is the agent's alone: its keys, its state, and where its settings and credential files lie.
 */
export function ownPaths(values: AgentConfig, configFile = defaultConfigFile): string[] {
  const { credentials_dir, queue_db_path } = values
  return [
    ...statePaths(values),
    besideQueue('interrupted.json', queue_db_path),
    besideQueue('owners.json', queue_db_path),
    credentials_dir,
    dirname(defaultConfigFile),
    configFile,
  ]
}

/** @throws ConfigError */
export function loadAgentConfig(flags: Flags, env: NodeJS.ProcessEnv): Config<typeof options> {
  return loadConfig(options, {
    flags,
    env,
    file: flags.given.get('config')?.text ?? defaultConfigFile,
    envPrefixes: ['XEM_', 'XEROTIER_XEM_', 'XEROTIER_OTEL_'],
    // Compose's own: it picks the image and never reaches a plain container, but does an
    // `env_file`.
    foreignEnv: ['XEM_IMAGE', 'XEM_AGENT_LOG_LEVEL', 'XEM_AGENT_MAX_CONCURRENT'],
  })
}
