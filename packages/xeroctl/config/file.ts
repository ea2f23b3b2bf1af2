// The configuration file: TOML, `current = "prod"` and a table `[deployment.<name>]` for each
// deployment. 0600: it holds keys.
import { dirname } from 'node:path'
import { isOneOf } from '@xerotier/protocol/table.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { fileReason, isFileError } from '@xerotier/runtime/file-reason.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { readSecretBytes, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { parse, stringify, type TomlTable } from 'smol-toml'
import { UsageError } from '../exit-codes.ts'
import { type Format, formats } from '../output/format.ts'
import { textOf } from '../text.ts'

export interface Deployment {
  baseUrl: string
  apiKey: string | undefined
  frontendUrl: string | undefined
  output: Format | undefined
}

export interface ConfigFile {
  path: string
  current: string | undefined
  deployments: ReadonlyMap<string, Deployment>
  /** The document itself, so that a change keeps what this version does not know. */
  document: TomlTable
}

/**
 * The file, or undefined when there is none.
 * @throws UsageError when it is unsafe, no TOML, or says something else.
 */
export function readConfigFile(path: string, uid: number | undefined): ConfigFile | undefined {
  let secret: ReturnType<typeof readSecretBytes>
  try {
    secret = readSecretBytes(path)
  } catch (error) {
    const reason = fileReason(error)
    throw new UsageError(isFileError(error) ? `the configuration cannot be read: ${reason}` : reason)
  }
  if (secret === undefined) return undefined
  const { content: bytes, owner } = secret
  // As git does with a repository: a file that somebody else placed could send calls to their
  // router.
  if (uid !== undefined && owner !== uid && owner !== 0) {
    throw new UsageError(
      `${path} belongs to another user, so it is not read`,
      'Give --base-url and XEROTIER_API_KEY, or run as its owner.',
    )
  }
  // Its bytes, because `config add` would write what had become of an odd one.
  const content = textOf(bytes, path)
  let document: TomlTable
  try {
    document = parse(content)
  } catch (error) {
    throw new UsageError(`${path} is no valid TOML: ${messageOf(error).split('\n')[0]}`)
  }
  const tables = document.deployment ?? {}
  if (!isTable(tables)) throw new UsageError(`${path}: 'deployment' must be a table`)
  return {
    path,
    current: stringIn(document, 'current', path),
    deployments: new Map(
      Object.entries(tables).map(([name, table]) => [name, deploymentIn(table, `${path}: [deployment.${name}]`)]),
    ),
    document,
  }
}

export function writeConfigFile(path: string, document: TomlTable): void {
  try {
    makeFolder(dirname(path), 0o700)
    writeSecretFile(path, `${stringify(document).trimEnd()}\n`)
  } catch (error) {
    throw new UsageError(`the configuration cannot be written: ${fileReason(error)}`)
  }
}

function deploymentIn(table: unknown, where: string): Deployment {
  if (!isTable(table)) throw new UsageError(`${where} must be a table`)
  const baseUrl = stringIn(table, 'base_url', where)
  if (baseUrl === undefined) throw new UsageError(`${where} has no base_url`)
  const output = stringIn(table, 'output', where)
  if (output !== undefined && !isOneOf(formats, output)) {
    throw new UsageError(`${where}: output must be one of ${formats.join(', ')}`)
  }
  if (table.api_key_keychain !== undefined) {
    throw new UsageError(
      `${where}: api_key_keychain is not supported on this system`,
      'Use api_key in this file (mode 0600), or XEROTIER_API_KEY.',
    )
  }
  return {
    baseUrl,
    apiKey: stringIn(table, 'api_key', where),
    frontendUrl: stringIn(table, 'frontend_url', where),
    output,
  }
}

function stringIn(table: TomlTable, key: string, where: string): string | undefined {
  const value = table[key]
  if (value === undefined || typeof value === 'string') return value
  throw new UsageError(`${where}: ${key} must be a string`)
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
