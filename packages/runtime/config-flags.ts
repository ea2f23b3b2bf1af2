// The command line layer: `--flag value`, `--flag=value`, `--boolean`, `--no-boolean`.
import { ConfigError } from './config-error.ts'
import { boolean, flagsOf, type OptionTable } from './option.ts'

/** Flags of every program of ours, which are no settings. */
const programFlags = ['--help', '--version', '--print-config'] as const
export type ProgramFlag = (typeof programFlags)[number]

export interface Flags {
  /** Key of the option → text and the flag as written. */
  given: Map<string, { text: string; flag: string }>
  program: Set<ProgramFlag>
}

/** @throws ConfigError `unknownFlag`, or `invalidValue` for a flag without its value. */
export function parseFlags(table: OptionTable, argv: readonly string[]): Flags {
  const settingOf = new Map(
    Object.entries(table).flatMap(([key, option]) =>
      flagsOf(key, option).map((flag) => [flag, { key, isBoolean: option.type === boolean }]),
    ),
  )
  const flags: Flags = { given: new Map(), program: new Set() }
  const words = argv.values()
  for (const word of words) {
    const equals = word.indexOf('=')
    const flag = equals === -1 ? word : word.slice(0, equals)
    const program = programFlags.find((one) => one === (flag === '-h' ? '--help' : flag))
    if (program !== undefined) {
      flags.program.add(program)
      continue
    }
    const negated = flag.startsWith('--no-') && !settingOf.has(flag) ? flag.replace('--no-', '--') : undefined
    const setting = settingOf.get(negated ?? flag)
    if (setting === undefined || (negated !== undefined && (!setting.isBoolean || equals !== -1))) {
      throw new ConfigError('unknownFlag', `unknown flag ${flag}; see --help`)
    }
    const { key, isBoolean } = setting
    if (equals !== -1) flags.given.set(key, { text: word.slice(equals + 1), flag })
    else if (isBoolean) flags.given.set(key, { text: negated === undefined ? 'true' : 'false', flag })
    else {
      const { value } = words.next()
      if (value === undefined) throw new ConfigError('invalidValue', `flag ${flag} needs a value`)
      flags.given.set(key, { text: value, flag })
    }
  }
  return flags
}
