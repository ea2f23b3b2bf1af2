import type { Command, Group } from '@xerotier/xeroctl/command.ts'
import { commands } from '@xerotier/xeroctl/commands.ts'
import { exitCodes } from '@xerotier/xeroctl/exit-codes.ts'
import { globalOptions } from '@xerotier/xeroctl/globals.ts'
import { placeholderOf } from '@xerotier/xeroctl/help/page.ts'
import { flagOf, type Options } from '@xerotier/xeroctl/options.ts'
import { code, page, table } from './markdown.ts'

export function xeroctlPage(): string {
  return page(
    'xeroctl',
    '`xeroctl help <command>` says the same.',
    ...commands.flatMap((member) => sections(member, [])),
    '## Options of every command',
    optionTable(globalOptions),
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      Object.values(exitCodes).map(({ code: number, meaning }) => [String(number), meaning]),
    ),
  )
}

function sections(member: Command | Group, above: string[]): string[] {
  const words = [...above, member.name]
  if (member.kind === 'group') {
    const title = `${'#'.repeat(Math.min(4, words.length + 1))} xeroctl ${words.join(' ')}`
    return [
      title,
      `${member.summary}.`,
      bareForm(words, member.bare),
      ...member.members.flatMap((inner) => sections(inner, words)),
    ]
  }
  const usage = ['xeroctl', ...words, ...Object.keys(member.arguments).map(placeholderOf)].join(' ')
  return [
    `${'#'.repeat(Math.min(4, words.length + 1))} ${usage}`,
    `${member.summary}.`,
    Object.keys(member.arguments).length > 0
      ? table(
          ['Argument', ''],
          Object.entries(member.arguments).map(([name, what]) => [code(placeholderOf(name)), what]),
        )
      : '',
    Object.keys(member.options).length > 0 ? optionTable(member.options) : '',
    member.notes,
    member.examples.length > 0 ? `\`\`\`sh\n${member.examples.join('\n')}\n\`\`\`` : '',
  ].filter((part) => part !== '')
}

function bareForm(words: string[], { list, show, actions = {} }: Group['bare']): string {
  const name = `xeroctl ${words.join(' ')}`
  const parts = [
    `${code(name)} is ${code(`${name} ${list.name}`)}`,
    ...(show === undefined
      ? []
      : [
          `${code([name, ...Object.keys(show.arguments).map(placeholderOf)].join(' '))} is ${code(`${name} ${show.name}`)}`,
        ]),
  ]
  const flags = Object.keys(actions).map((action) => code(flagOf(action)))
  return `Also: ${parts.join(', ')}${flags.length === 0 ? '' : `, and these flags act: ${flags.join(', ')}`}.`
}

function optionTable(options: Options): string {
  return table(
    ['Option', ''],
    Object.entries(options).map(([name, option]) => {
      const value = option.placeholder === undefined ? '' : ` <${option.placeholder}>`
      const names = [
        ...(option.short ? [`-${option.short}`] : []),
        flagOf(name),
        ...option.aliases.map((one) => `--${one}`),
      ]
      return [code(`${names.join(', ')}${value}`), `${option.summary}.`]
    }),
  )
}
