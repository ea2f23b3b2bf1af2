// The help of a command or a group as data: what the reference, too, could be made of.
import type { Command, Group } from '../command.ts'
import { globalOptions } from '../globals.ts'
import { flagOf, type Option, type Options } from '../options.ts'

export interface HelpPage {
  /** Without `xeroctl`. */
  usage: readonly string[]
  summary: string
  blocks: readonly Block[]
  /** Paragraphs, apart by an empty line. */
  notes: string
  examples: readonly string[]
}

export interface Block {
  title: string
  entries: readonly (readonly [term: string, text: string])[]
}

/** @param path words that lead to the command, its own name last */
export function pageOfCommand(path: readonly string[], command: Command): HelpPage {
  return {
    usage: [usageOf(path, command)],
    summary: command.summary,
    blocks: [argumentBlock(command), optionBlock('Options', command.options), globalBlock(command.options)],
    notes: command.notes,
    examples: command.examples,
  }
}

/** @param bare the command that the group is without a verb, if there is one */
export function pageOfGroup(path: readonly string[], group: Group, bare: Command | undefined): HelpPage {
  const name = path.join(' ')
  return {
    usage: [`${name} <command> …`, ...(bare === undefined ? [] : [usageOf(path, bare)])],
    summary: group.summary,
    blocks: [
      commandBlock(group.members),
      ...(bare === undefined ? [] : [argumentBlock(bare), optionBlock('Options without a command', bare.options)]),
      globalBlock(bare?.options ?? {}),
    ],
    notes: `\`xeroctl ${name} <command> --help\` says more of a command.`,
    examples: bare?.examples ?? [],
  }
}

export function pageOfProgram(
  summary: string,
  members: readonly (Command | Group)[],
  topics: readonly string[],
): HelpPage {
  const version = ['-V, --version', 'Print the version'] as const
  return {
    usage: ['<command> …'],
    summary,
    blocks: [commandBlock(members), { title: 'Options', entries: [version] }, globalBlock({})],
    notes: `\`xeroctl <command> --help\` says more of a command, \`xeroctl help <topic>\` of ${topics.join(', ')}.`,
    examples: [],
  }
}

/** The words that the command takes, with the options that it cannot do without. */
export function usageOf(path: readonly string[], command: Pick<Command, 'arguments' | 'options'>): string {
  const required = Object.entries(command.options).filter(([, option]) => option.required === true)
  return [
    ...path,
    ...Object.keys(command.arguments).map(placeholderOf),
    ...required.map(([key, option]) => `${flagOf(key)} <${option.placeholder}>`),
    '[options]',
  ].join(' ')
}

export function placeholderOf(argument: string): string {
  return argument.endsWith('?') ? `[${argument.slice(0, -1)}]` : `<${argument}>`
}

function commandBlock(members: readonly (Command | Group)[]): Block {
  return { title: 'Commands', entries: members.map(({ name, summary }) => [name, summary]) }
}

function argumentBlock(command: Command): Block {
  const entries = Object.entries(command.arguments).map(([name, what]) => [placeholderOf(name), what] as const)
  return { title: 'Arguments', entries }
}

function globalBlock(own: Options): Block {
  const rest = Object.fromEntries(Object.entries(globalOptions).filter(([key]) => !(key in own)))
  const { entries } = optionBlock('', rest)
  return { title: 'Global options', entries: [...entries, ['-h, --help', 'Print help']] }
}

function optionBlock(title: string, options: Options): Block {
  return { title, entries: Object.entries(options).map(([key, option]) => [termOf(key, option), option.summary]) }
}

function termOf(key: string, option: Option<unknown>): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `
  return `${short}${flagOf(key)}${option.placeholder === undefined ? '' : ` <${option.placeholder}>`}`
}
