// What --help and --print-config say.
import { keysOf } from '@xerotier/protocol/table.ts'
import type { Config } from './config.ts'
import { boolean, flagsOf, type OptionTable } from './option.ts'
import { wrapWords } from './wrap.ts'

/** Each setting on a line: key, value, where the value came from. Secrets are masked. */
export function showConfig<T extends OptionTable>(table: T, config: Config<T>): string {
  const rows = keysOf(table).map((key) => {
    const value = config.values[key]
    const missing = config.missing.includes(key) ? '(required)' : '(unset)'
    const text = value === undefined ? missing : table[key]?.secret ? '********' : shown(value)
    return { key, text, origin: config.origins[key] }
  })
  const keyWidth = Math.max(...rows.map(({ key }) => key.length))
  const textWidth = Math.max(...rows.map(({ text }) => text.length))
  return rows.map(({ key, text, origin }) => `${key.padEnd(keyWidth)}  ${text.padEnd(textWidth)}  ${origin}\n`).join('')
}

/** @param columns of the terminal */
export function showHelp(program: string, summary: string, table: OptionTable, columns = usualColumns): string {
  const below = (text: string) =>
    wrapWords(text.split(' '), Math.min(columns, mostColumns) - detail.length).map((line) => `${detail}${line}`)
  const lines = [
    ...wrapWords(`${program}: ${summary}`.split(' '), columns),
    '',
    `Usage: ${program} [flags]`,
    '',
    'Settings (flag, variable, default):',
  ]
  for (const [key, option] of Object.entries(table)) {
    const flags = flagsOf(key, option).join(', ')
    lines.push(`  ${flags}${option.type === boolean ? '' : ` <${option.type.name}>`}`)
    const fallback =
      option.default === undefined
        ? option.required === true
          ? 'required'
          : 'unset'
        : typeof option.default === 'function'
          ? 'derived'
          : shown(option.default)
    lines.push(...below(option.help), ...below([...option.env, `default ${fallback}`].join('; ')))
  }
  lines.push(
    '',
    'Other flags:',
    '  --print-config  show every setting with its value and where it came from, then exit',
    '  --version       show the version, then exit',
    '  --help          show this, then exit',
  )
  return `${lines.join('\n')}\n`
}

const detail = '      '
const usualColumns = 80
const mostColumns = 100

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',')
  return String(value)
}
