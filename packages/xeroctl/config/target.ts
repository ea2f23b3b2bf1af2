// Which router, with which key: flags, then the environment, then the project's file, then the
// user's file.
import { UsageError } from '../exit-codes.ts'
import type { Globals } from '../globals.ts'
import type { Format } from '../output/format.ts'
import type { Surroundings } from '../surroundings.ts'
import { checkedApiKey } from './api-key.ts'
import { type ConfigFile, type Deployment, readConfigFile } from './file.ts'
import { projectConfigPath, userConfigPath } from './locate.ts'

export interface Target {
  baseUrl: string
  apiKey: string | undefined
  /**
   * In a sentence: which key is not sent, why, and how it would be; undefined when none was kept
   * back.
   */
  withheldKey: string | undefined
  frontendUrl: string | undefined
  output: Format | undefined
  /** Name of the deployment, when one was read. */
  context: string | undefined
  /** Where each value came from: a flag, a variable or a path. */
  sources: { baseUrl: string; apiKey: string | undefined }
}

/** Both files, nearest first; those that exist. @throws UsageError */
export function configFiles(surroundings: Surroundings): ConfigFile[] {
  const paths = [projectConfigPath(surroundings), userConfigPath(surroundings.env, surroundings.home)]
  return paths.flatMap((path) => (path === undefined ? [] : (readConfigFile(path, surroundings.uid) ?? [])))
}

/**
 * @throws UsageError when nothing names a router, the context does not exist, or the key cannot be
 * sent.
 */
export function resolveTarget(surroundings: Surroundings, globals: Globals): Target {
  const env = (name: string) => surroundings.env[name] || undefined
  const baseUrl = globals.baseUrl ?? env('XEROTIER_BASE_URL')
  const apiKey = globals.apiKey ?? env('XEROTIER_API_KEY')
  const wanted = globals.context ?? env('XEROTIER_CONTEXT')
  // With both given no file is needed, so a broken one is no obstacle.
  const found =
    baseUrl !== undefined && apiKey !== undefined && wanted === undefined
      ? undefined
      : deploymentOf(surroundings, wanted)
  const url = baseUrl ?? found?.deployment.baseUrl
  if (url === undefined) {
    throw new UsageError(
      'no router is configured',
      'Run `xeroctl config init`, or set XEROTIER_BASE_URL and XEROTIER_API_KEY. In a clone, `npm start` configures it.',
    )
  }
  // A file's key is for that file's router: it never goes to an address from elsewhere unless the
  // context was named too.
  const sameRouter = baseUrl === undefined || baseUrl === found?.deployment.baseUrl || wanted !== undefined
  const keyOfFile = sameRouter ? found?.deployment.apiKey : undefined
  const key = apiKey ?? keyOfFile
  const keyFrom = sourceOf(
    globals.apiKey,
    '--api-key',
    apiKey,
    'XEROTIER_API_KEY',
    keyOfFile === undefined ? undefined : found?.path,
  )
  const baseUrlFrom = sourceOf(globals.baseUrl, '--base-url', baseUrl, 'XEROTIER_BASE_URL', found?.path) ?? ''
  return {
    baseUrl: url,
    apiKey: key === undefined ? undefined : checkedApiKey(key, keyFrom ?? ''),
    withheldKey:
      key !== undefined || found?.deployment.apiKey === undefined
        ? undefined
        : `The key of context ${found.name} (${found.path}) is not sent: ${baseUrlFrom} names another router than that context. Give --api-key or XEROTIER_API_KEY; or, to send that key there, --context ${found.name}.`,
    frontendUrl: globals.frontendUrl ?? env('XEROTIER_FRONTEND_URL') ?? found?.deployment.frontendUrl,
    output: found?.deployment.output,
    context: found?.name,
    sources: {
      baseUrl: baseUrlFrom,
      apiKey: keyFrom,
    },
  }
}

function sourceOf(flag: unknown, flagName: string, either: unknown, envName: string, path: string | undefined) {
  if (flag !== undefined) return flagName
  return either !== undefined ? envName : path
}

function deploymentOf(
  surroundings: Surroundings,
  wanted: string | undefined,
): { name: string; path: string; deployment: Deployment } | undefined {
  const files = configFiles(surroundings)
  for (const file of files) {
    const name = wanted ?? file.current ?? (file.deployments.size === 1 ? [...file.deployments.keys()][0] : undefined)
    const deployment = name === undefined ? undefined : file.deployments.get(name)
    if (name !== undefined && deployment !== undefined) return { name, path: file.path, deployment }
    if (wanted === undefined && name !== undefined) {
      throw new UsageError(
        `${file.path}: current = "${name}", but there is no [deployment.${name}]`,
        'Choose one with `xeroctl config use <name>`.',
      )
    }
  }
  if (wanted === undefined) return undefined
  const known = files.flatMap((file) => [...file.deployments.keys()])
  throw new UsageError(
    `there is no context '${wanted}'`,
    known.length === 0 ? 'Add one with `xeroctl config add`.' : `Known: ${known.join(', ')}.`,
  )
}
