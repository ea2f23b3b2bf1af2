// Builds the commander program from the commands, and hands each call over with its values.
import { Command as Parser, Option as ParserOption } from 'commander'
import { bareCommand } from './bare.ts'
import type { Command, Group } from './command.ts'
import { UsageError } from './exit-codes.ts'
import { type Globals, globalOptions } from './globals.ts'
import { nearestVerb } from './nearest.ts'
import { flagOf, type Option, type Options, type Values } from './options.ts'

export interface Call {
  command: Command
  args: Record<string, string | undefined>
  options: Record<string, unknown>
}

export interface ParserOutput {
  out(text: string): void
  err(text: string): void
  columns: number | undefined
}

/** `dispatch` runs what was called. The program throws commander's errors instead of ending the process. */
export function buildParser(
  members: readonly (Command | Group)[],
  version: string,
  output: ParserOutput,
  dispatch: (call: () => Call, globals: () => Globals) => Promise<void>,
): Parser {
  const program = new Parser('xeroctl')
    .description('Operates Xerotier execution management: agents, workspaces, tool calls and their approvals.')
    .version(version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print help')
    .enablePositionalOptions()
    .helpCommand('help [command...]', 'Help for a command, or for a topic: exit-codes, environment')
    .exitOverride()
    .configureOutput({
      writeOut: output.out,
      writeErr: output.err,
      getOutHelpWidth: () => output.columns ?? 100,
      getErrHelpWidth: () => output.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
  addOptions(program, globalOptions, globalHeading)
  for (const member of members) add(program, member, dispatch)
  return program
}

const globalHeading = 'Global options:'

function add(parent: Parser, member: Command | Group, dispatch: Parameters<typeof buildParser>[3]): void {
  // `command()` hands exitOverride, output and help settings on to what it makes.
  const parser = parent.command(member.name).description(member.summary)
  if (member.kind === 'group') {
    parser.enablePositionalOptions()
    parser.helpCommand(false)
    for (const inner of member.members) add(parser, inner, dispatch)
    if (member.bare !== undefined) {
      const path = chainOf(parser)
        .slice(0, -1)
        .map((above) => above.name())
      const verbs = { path: path.reverse().join(' '), verbs: member.members.map(({ name }) => name) }
      prepare(parser, bareCommand(member.name, member.summary, member.bare, verbs), dispatch)
      // A mistyped verb is an id to the parser, which then trips over what follows it.
      const withHint = (text: string) => {
        const hint = nearestVerb(parser.args[0], verbs)
        return hint === undefined ? text : `${text}hint: ${hint}\n`
      }
      parser.configureOutput({ outputError: (text, write) => write(withHint(text)) })
    } else {
      addOptions(parser, globalOptions, globalHeading)
    }
  } else {
    prepare(parser, member, dispatch)
  }
}

function prepare(parser: Parser, command: Command, dispatch: Parameters<typeof buildParser>[3]): void {
  for (const [name, summary] of Object.entries(command.arguments)) {
    parser.argument(name.endsWith('?') ? `[${name.slice(0, -1)}]` : `<${name}>`, summary)
  }
  addOptions(parser, command.options)
  const own = new Set(Object.keys(command.options))
  addOptions(parser, Object.fromEntries(Object.entries(globalOptions).filter(([key]) => !own.has(key))), globalHeading)
  if (command.notes !== '') parser.addHelpText('after', `\n${command.notes}`)
  if (command.examples.length > 0)
    parser.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`)
  const names = Object.keys(command.arguments).map((name) => name.replace('?', ''))
  parser.action(() =>
    dispatch(
      () => ({
        command,
        args: Object.fromEntries(
          names.map((name, index) => [name, named(name, parser.processedArgs[index] as string | undefined)]),
        ),
        options: valuesOf(command.options, [parser]),
      }),
      () => valuesOf(globalOptions, chainOf(parser)),
    ),
  )
}

/** @throws UsageError for an empty argument, which names nothing: `"$id"` of a variable that is not set */
function named(name: string, word: string | undefined): string | undefined {
  if (word?.trim() === '') throw new UsageError(`<${name}> is empty`)
  return word
}

function addOptions(parser: Parser, options: Options, heading?: string): void {
  const values = new Map<string, string[]>()
  for (const [key, option] of Object.entries(options)) {
    addOne(key, flagOf(key), option, option.short)
    for (const alias of option.aliases) addOne(key, `--${alias}`, option, undefined, true)
  }
  given.set(parser, new Map([...(given.get(parser) ?? []), ...values]))

  function addOne(key: string, flag: string, option: Option<unknown>, short: string | undefined, hidden = false) {
    const value = option.placeholder === undefined ? '' : ` <${option.placeholder}>`
    const parserOption = new ParserOption(`${short === undefined ? '' : `-${short}, `}${flag}${value}`, option.summary)
    if (hidden) parserOption.hideHelp()
    if (heading !== undefined) parserOption.helpGroup(heading)
    parser.addOption(parserOption)
    const before = values.get(key) ?? []
    values.set(key, before)
    parser.on(`option:${parserOption.name()}`, (word: string | undefined) => before.push(word ?? ''))
  }
}

/** What each option was given, in the order of the line. commander's own values lose `--wait 5` to a `--no-wait` behind it. */
const given = new WeakMap<Parser, ReadonlyMap<string, string[]>>()

/** Values of options that were given anywhere in the chain; the innermost counts. */
function valuesOf<O extends Options>(options: O, chain: readonly Parser[]): Values<O> {
  const values = Object.entries(options).map(([key, option]) => {
    const words = chain.map((parser) => given.get(parser)?.get(key) ?? []).find((found) => found.length > 0)
    return [key, option.parse(words ?? [], flagOf(key))]
  })
  return Object.fromEntries(values)
}

function chainOf(parser: Parser): Parser[] {
  const chain: Parser[] = []
  for (let current: Parser | null = parser; current !== null; current = current.parent) chain.push(current)
  return chain
}
