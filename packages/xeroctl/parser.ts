// Builds the commander program from the commands, and hands each call over with its values.
import { Command as Parser, Option as ParserOption } from 'commander'
import { bareCommand } from './bare.ts'
import { type Args, type Command, type Group, nameOfArgument } from './command.ts'
import { UsageError } from './exit-codes.ts'
import { type Globals, globalOptions } from './globals.ts'
import { type HelpPage, pageOfCommand, pageOfGroup, pageOfProgram, placeholderOf, usageOf } from './help/page.ts'
import { renderHelp } from './help/render.ts'
import { helpTopics } from './help/topics.ts'
import { missingOption } from './missing-option.ts'
import { flagOf, type Option, type Options, type Values } from './options.ts'
import { usageErrorOf } from './parse-error.ts'

export interface Call {
  command: Command
  args: Args
  options: Record<string, unknown>
}

export interface ParserOutput {
  out(text: string): void
  /** Columns of the help. */
  columns: number
}

type Dispatch = (call: () => Call, globals: () => Globals) => Promise<void>

const description = 'Operates Xerotier execution management: agents, workspaces, tool calls and their approvals'

/**
 * `dispatch` runs what was called. What is wrong with the words is thrown as a UsageError; help and
 * version end the run with commander's own error.
 */
export function buildParser(
  members: readonly (Command | Group)[],
  version: string,
  output: ParserOutput,
  dispatch: Dispatch,
): Parser {
  const program = new Parser('xeroctl')
    .version(version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print help')
    .enablePositionalOptions()
    .helpCommand('help [command...]')
    .exitOverride((error) => {
      const command = { arguments: { command: 'Its name' }, options: {} }
      throw usageErrorOf(error, { path: [], command, group: undefined, words: [], isGiven: () => false })
    })
    .configureOutput({ writeOut: output.out, writeErr: output.out, outputError() {} })
  addOptions(program, globalOptions)
  const build: Build = { dispatch, help: (parser, page) => helpOf(parser, page, output.columns) }
  build.help(program, pageOfProgram(description, members, Object.keys(helpTopics)))
  for (const member of members) add(program, [], member, build)
  return program
}

interface Build {
  dispatch: Dispatch
  help(parser: Parser, page: HelpPage): void
}

function helpOf(parser: Parser, page: HelpPage, columns: number): void {
  parser.configureHelp({ formatHelp: () => renderHelp(page, columns) })
}

function add(parent: Parser, above: readonly string[], member: Command | Group, build: Build): void {
  const path = [...above, member.name]
  // `command()` hands exitOverride and output on to what it makes.
  const parser = parent.command(member.name).description(member.summary)
  if (member.kind === 'command') {
    build.help(parser, pageOfCommand(path, member))
    return prepare(parser, path, member, undefined, build.dispatch)
  }
  const bare = bareCommand(path, member)
  parser.enablePositionalOptions()
  parser.helpCommand(false)
  build.help(parser, pageOfGroup(path, member, bare))
  for (const inner of member.members) add(parser, path, inner, build)
  prepare(parser, path, bare, member, build.dispatch)
}

function prepare(
  parser: Parser,
  path: readonly string[],
  command: Command,
  group: Group | undefined,
  dispatch: Dispatch,
): void {
  for (const name of Object.keys(command.arguments)) parser.argument(placeholderOf(name))
  addOptions(parser, command.options)
  addOptions(parser, Object.fromEntries(Object.entries(globalOptions).filter(([key]) => !(key in command.options))))
  const isGiven = (key: string) => (given.get(parser)?.get(key) ?? []).length > 0
  parser.exitOverride((error) => {
    throw usageErrorOf(error, { path, command, group, words: parser.args, isGiven })
  })
  const names = Object.keys(command.arguments).map(nameOfArgument)
  parser.action(() =>
    dispatch(
      () => {
        const words = names.map((name, index) => [name, named(name, parser.processedArgs[index])])
        const missing = missingOption(command.options, isGiven, `xeroctl ${usageOf(path, command)}`)
        if (missing !== undefined) throw missing
        return { command, args: Object.fromEntries(words), options: valuesOf(command.options, [parser]) }
      },
      () => valuesOf(globalOptions, chainOf(parser)),
    ),
  )
}

/**
 * @throws UsageError for an empty argument, which names nothing: `"$id"` of a variable that is not
 * set
 */
function named(name: string, words: string | string[] | undefined): string | string[] | undefined {
  if ([words].flat().some((word) => word?.trim() === '')) throw new UsageError(`<${name}> is empty`)
  return words
}

function addOptions(parser: Parser, options: Options): void {
  const values = new Map<string, string[]>()
  for (const [key, option] of Object.entries(options)) {
    addOne(key, flagOf(key), option, option.short)
    for (const alias of option.aliases) addOne(key, `--${alias}`, option, undefined)
  }
  given.set(parser, new Map([...(given.get(parser) ?? []), ...values]))

  function addOne(key: string, flag: string, option: Option<unknown>, short: string | undefined) {
    const value = option.placeholder === undefined ? '' : ` <${option.placeholder}>`
    const parserOption = new ParserOption(`${short === undefined ? '' : `-${short}, `}${flag}${value}`)
    parser.addOption(parserOption)
    const before = values.get(key) ?? []
    values.set(key, before)
    parser.on(`option:${parserOption.name()}`, (word: string | undefined) => before.push(word ?? ''))
  }
}

/**
 * What each option was given, in the order of the line. commander's own values lose `--wait 5` to a
 * `--no-wait` behind it.
 */
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
