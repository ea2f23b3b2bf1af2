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
  return table(
    ['Variable', 'Flag', ...(file ? ['Key'] : []), 'Value', 'Default', ''],
    Object.entries(options).map(([key, option]) => [
      option.env.map(code).join(', '),
      flagsOf(key, option).map(code).join(', '),
      ...(file ? [option.file === false ? 'not from the file' : code(key)] : []),
      option.type.name,
      defaultOf(option),
      `${option.help}${option.secret ? ' Secret.' : ''}`,
    ]),
  )
}

function defaultOf(option: OptionTable[string]): string {
  if (typeof option.default === 'function') return 'follows from others'
  if (option.default !== undefined)
    return code(Array.isArray(option.default) ? option.default.join(',') || 'none' : String(option.default))
  return option.required === true ? 'required' : ''
}
