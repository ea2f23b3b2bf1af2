import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { options } from '@xerotier/router/config.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { type Child, cleanEnvironment, passedOn, startChild, until } from './child.ts'
import type { Ports } from './ports.ts'
import { clone, logPath, type State } from './state.ts'

export const project = 'demo'

/** What `npm start` decides: where the router is, and whose. */
const ours = [
  'state_dir',
  'http_host',
  'http_port',
  'tls_cert_path',
  'tls_key_path',
  'data_plane',
  'data_plane_alternate',
  'bootstrap_project',
  'bootstrap_key_file',
  'bootstrap_self_approval',
] as const satisfies readonly (keyof typeof options)[]

/** Settings of the router that pass through `npm start`: all others. */
export const passed: readonly string[] = Object.entries(options)
  .filter(([key]) => !ours.some((name) => name === key))
  .flatMap(([, { env }]) => env)

export function startRouterProcess(state: State, ports: Ports): Child {
  return startChild({
    name: 'router',
    script: join(clone, 'packages/router/main.ts'),
    cwd: clone,
    log: logPath(state, 'router'),
    env: {
      ...cleanEnvironment(process.env),
      XEROTIER_COMPLETION_ENCRYPTION_KEY: encryptionKey(state),
      ...passedOn(process.env, passed),
      XEROTIER_STATE_DIR: state.folder,
      XEROTIER_HTTP_HOST: '127.0.0.1',
      XEROTIER_HTTP_PORT: String(ports.http),
      XEROTIER_DATA_PLANE: `tcp://127.0.0.1:${ports.dataPlane}`,
      XEROTIER_DATA_PLANE_ALTERNATE: `tcp://127.0.0.1:${ports.alternate}`,
      XEROTIER_BOOTSTRAP_PROJECT: project,
      XEROTIER_BOOTSTRAP_KEY_FILE: state.apiKey,
      XEROTIER_BOOTSTRAP_SELF_APPROVAL: 'true',
    },
  })
}

/** Where a router with a database of its own keeps its key, too: either may be started first. */
function encryptionKey(state: State): string {
  const folder = join(state.folder, 'keys')
  const path = join(folder, 'encryption-key.hex')
  const known = readSecretFile(path)?.trim()
  if (known !== undefined) return known
  makeFolder(folder, 0o700)
  const made = randomBytes(32).toString('hex')
  writeSecretFile(path, `${made}\n`)
  return made
}

/**
 * Waits until the router takes work; answers the first
 * API key, which it has put into its file before that.
 */
export async function untilReady(child: Child, state: State, url: string): Promise<string> {
  // The first time it makes a database.
  await until(child, 60_000, async () => {
    const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })
    return ready.ok ? true : undefined
  })
  const apiKey = readSecretFile(state.apiKey)?.trim()
  if (apiKey === undefined)
    throw new Error(`the router runs, but left no key in ${state.apiKey}: its database has no project '${project}'`)
  return apiKey
}
