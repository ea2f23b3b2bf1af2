// Changes of the user's file. The one that `npm start` leaves in a clone belongs to `npm start`.
import type { TomlTable } from 'smol-toml'
import type { Cli } from '../cli.ts'
import { UsageError } from '../exit-codes.ts'
import { isTable, readConfigFile, writeConfigFile } from './file.ts'
import { projectConfigPath, userConfigPath } from './locate.ts'

/**
 * Applies `change` to the user's document and writes it, 0600. Answers its path; undefined under
 * --dry-run.
 * @throws UsageError
 */
export function editUserConfig(
  cli: Cli,
  change: (document: TomlTable, deployments: TomlTable) => void,
): string | undefined {
  const { env, home, uid } = cli.surroundings
  const path = userConfigPath(env, home)
  const document = readConfigFile(path, uid)?.document ?? {}
  const deployments = isTable(document.deployment) ? document.deployment : {}
  document.deployment = deployments
  change(document, deployments)
  if (cli.globals.dryRun) {
    cli.say(`dry run: ${path} stays as it is`)
    return undefined
  }
  writeConfigFile(path, document)
  const nearer = projectConfigPath(cli.surroundings)
  if (nearer !== undefined) cli.say(`note: in this folder ${nearer} comes first`)
  return path
}

/** @throws UsageError */
export function checkDeploymentName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,47}$/.test(name))
    throw new UsageError(`'${name}' is no name for a context: letters, digits, - and _`)
}
