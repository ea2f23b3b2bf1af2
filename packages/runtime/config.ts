// Settings in layers: built-in defaults < YAML file <
// environment < flags. Every value remembers where it came from.
import { mapTable } from '@xerotier/protocol/table.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { ConfigError } from './config-error.ts'
import { type FileValue, readConfigFile } from './config-file.ts'
import type { Flags } from './config-flags.ts'
import { flagsOf, type Option, type OptionTable, type Values } from './option.ts'

export interface ConfigSources {
  flags: Flags
  env: NodeJS.ProcessEnv
  /** Path of the YAML file; undefined for a program that has none. */
  file?: string | undefined
  /**
   * Variables with these prefixes that no option reads are warned about: most are typing errors.
   */
  envPrefixes?: readonly string[]
  /** Variables with such a prefix that belong to another program, so no warning. */
  foreignEnv?: readonly string[]
}

export interface Config<T extends OptionTable> {
  values: Values<T>
  /** `default`, `file /etc/…:3`, `env XEM_…`, `flag --…`, or `unset`. */
  origins: { readonly [K in keyof T]: string }
  /** What an operator should hear of, although it stops nothing. */
  warnings: string[]
  /** Required keys that no layer gives. */
  missing: string[]
}

/**
 * Reads all layers. Missing required keys are returned in
 * `missing` (see `requireComplete`), so that they can be printed.
 * @throws ConfigError for a file, a flag or a value
 * that is wrong; all wrong values are named at once.
 */
export function loadConfig<const T extends OptionTable>(table: T, sources: ConfigSources): Config<T> {
  const file = sources.file === undefined ? new Map<string, FileValue>() : readConfigFile(sources.file)
  const values: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  const flaws: { option: Option; flaw: string }[] = []
  for (const [key, option] of Object.entries(table)) {
    const given = find(key, option, sources, file)
    origins[key] = given?.origin ?? 'unset'
    if (given === undefined) continue
    try {
      values[key] = option.type.parse(given.text)
    } catch (error) {
      flaws.push({ option, flaw: `${key} (${given.origin}) ${messageOf(error)}` })
    }
  }
  const wrong = flaws.filter(({ option }) => option.counts?.(values) !== false)
  if (wrong.length > 0) throw new ConfigError('invalidValue', wrong.map(({ flaw }) => flaw).join('\n'))
  for (const [key, option] of Object.entries(table)) {
    if (values[key] !== undefined || option.default === undefined) continue
    values[key] = typeof option.default === 'function' ? option.default(values) : option.default
    origins[key] = 'default'
  }
  const missing = Object.entries(table)
    .filter(([key, { required }]) => {
      if (values[key] !== undefined) return false
      return typeof required === 'function' ? required(values) : required === true
    })
    .map(([key]) => key)
  return {
    // Each was parsed by the type of its option, or is its default.
    values: values as Values<T>,
    origins: mapTable(table, (_, key) => origins[key] ?? 'unset'),
    missing,
    warnings: warningsOf(table, sources, file),
  }
}

/** @throws ConfigError that names every missing key with the ways to give it. */
export function requireComplete(table: OptionTable, missing: readonly string[]): void {
  if (missing.length === 0) return
  const lines = Object.entries(table)
    .filter(([key]) => missing.includes(key))
    .map(([key, option]) => `  ${key}: set ${[...option.env, ...flagsOf(key, option)].join(' or ')}`)
  throw new ConfigError('missingRequired', `missing required settings:\n${lines.join('\n')}`)
}

function find(
  key: string,
  option: OptionTable[string],
  sources: ConfigSources,
  file: Map<string, FileValue>,
): { text: string; origin: string } | undefined {
  const flag = sources.flags.given.get(key)
  if (flag !== undefined) return { text: flag.text, origin: `flag ${flag.flag}` }
  for (const name of option.env) {
    const text = sources.env[name]
    // Compose files pass a variable that nobody set as an empty one.
    if (text !== undefined && text !== '') return { text, origin: `env ${name}` }
  }
  const line = option.file === false ? undefined : file.get(key)
  return line === undefined ? undefined : { text: line.text, origin: `file ${line.at}` }
}

function warningsOf(table: OptionTable, sources: ConfigSources, file: Map<string, FileValue>): string[] {
  const warnings: string[] = []
  for (const [key, { at }] of file) {
    const option = table[key]
    if (option === undefined) warnings.push(`${at}: unknown key "${key}" is ignored`)
    else if (option.file === false) warnings.push(`${at}: "${key}" is not read from the file; set ${option.env[0]}`)
    else if (option.secret) warnings.push(`${at}: "${key}" is a secret; set ${option.env[0]} rather than write it here`)
  }
  const read = new Set([...Object.values(table).flatMap((option) => option.env), ...(sources.foreignEnv ?? [])])
  for (const name of Object.keys(sources.env).sort()) {
    const ours = sources.envPrefixes?.some((prefix) => name.startsWith(prefix)) ?? false
    if (ours && !read.has(name)) warnings.push(`environment variable ${name} is not read by this program`)
  }
  return warnings
}
