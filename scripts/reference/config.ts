import { options as routerOptions } from '@xerotier/router/config.ts'
import { flagsOf, type OptionTable } from '@xerotier/runtime/option.ts'
import { options as agentOptions } from '@xerotier/xem-agent/config.ts'
import { code, page, table } from './markdown.ts'

export function configPage(): string {
  return page(
    'Settings',
    'Layers, each over the one before: defaults, the YAML file (agents only), the environment, flags. ' +
      '`--print-config` shows every value and where it came from.',
    '## Router: `xerotier-router`',
    optionTable(routerOptions, false),
    '## XEM agent: `xerotier-xem-agent`',
    'The YAML file is `/etc/xerotier/xem.yaml`, or what `--config` names: flat, `key: value`.',
    optionTable(agentOptions, true),
  )
}

function optionTable(options: OptionTable, file: boolean): string {
  const defaults = defaultsOf(options)
  return table(
    ['Variable', 'Flag', ...(file ? ['Key'] : []), 'Value', 'Default', ''],
    Object.entries(options).map(([key, option]) => [
      option.env.map(code).join(', '),
      flagsOf(key, option).map(code).join(', '),
      ...(file ? [option.file === false ? 'not from the file' : code(key)] : []),
      option.type.name,
      defaultOf(option, defaults[key]),
      `${option.help}${option.secret ? ' Secret.' : ''}`,
    ]),
  )
}

/** As they are when nothing is set. */
function defaultsOf(options: OptionTable): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [key, { default: fallback }] of Object.entries(options))
    values[key] = typeof fallback === 'function' ? fallback(values) : fallback
  return values
}

function defaultOf(option: OptionTable[string], value: unknown): string {
  if (value !== undefined) return code(Array.isArray(value) ? value.join(',') || 'none' : String(value))
  return option.required === true ? 'required' : ''
}
