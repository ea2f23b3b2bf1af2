import type { Command, Group } from '@xerotier/xeroctl/command.ts'
import { commands } from '@xerotier/xeroctl/commands.ts'
import { exitCodes } from '@xerotier/xeroctl/exit-codes.ts'
import { globalOptions } from '@xerotier/xeroctl/globals.ts'
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
    const intro = [`${'#'.repeat(Math.min(4, words.length + 1))} xeroctl ${words.join(' ')}`, `${member.summary}.`]
    if (member.bare) intro.push(bareForm(words, member.bare))
    return [...intro, ...member.members.flatMap((inner) => sections(inner, words))]
  }
  const usage = ['xeroctl', ...words, ...Object.keys(member.arguments).map(placeholder)].join(' ')
  return [
    `${'#'.repeat(Math.min(4, words.length + 1))} ${usage}`,
    `${member.summary}.`,
    Object.keys(member.arguments).length > 0
      ? table(
          ['Argument', ''],
          Object.entries(member.arguments).map(([name, what]) => [code(placeholder(name)), what]),
        )
      : '',
    Object.keys(member.options).length > 0 ? optionTable(member.options) : '',
    member.notes,
    member.examples.length > 0 ? `\`\`\`sh\n${member.examples.join('\n')}\n\`\`\`` : '',
  ].filter((part) => part !== '')
}

function placeholder(name: string): string {
  return name.endsWith('?') ? `[${name.slice(0, -1)}]` : `<${name}>`
}

function bareForm(words: string[], bare: NonNullable<Group['bare']>): string {
  const name = `xeroctl ${words.join(' ')}`
  const actions = Object.keys(bare.actions).map((action) => code(flagOf(action)))
  return `Also: ${code(name)} lists, ${code(`${name} <${bare.argument}>`)} shows, and these flags act: ${actions.join(', ')}.`
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
