// One run of the command line, from its words to its exit code.
import { ApiError } from '@xerotier/client/api-error.ts'
import { isOneOf } from '@xerotier/protocol/table.ts'
import { CommanderError } from 'commander'
import { type Cli, createCli } from './cli.ts'
import type { Command, Group } from './command.ts'
import { commands } from './commands.ts'
import { keyPrefix } from './dry-run.ts'
import { exitCodes, exitOfError, UsageError } from './exit-codes.ts'
import { helpWidth } from './help/render.ts'
import { helpTopics } from './help/topics.ts'
import { HintedError } from './hinted-error.ts'
import { type Format, formats } from './output/format.ts'
import { buildParser } from './parser.ts'
import { hintOf, reportOf } from './report.ts'
import { columnsIn, type Surroundings } from './surroundings.ts'
import { version } from './version.ts'

export async function run(surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings
  const columns = helpWidth(columnsIn(surroundings.env) ?? stdout.columns)
  const given = surroundings.argv.map(withoutMode)
  const words = given.length === 0 ? ['help'] : given
  const topic = words[0] === 'help' ? helpTopics[words[1] ?? ''] : undefined
  if (topic !== undefined) {
    stdout.write(topic(columns))
    return exitCodes.ok.code
  }
  // `help exec invoke` is `exec invoke --help`, however deep.
  const helped = words[0] === 'help' ? words.slice(1) : undefined
  if (helped !== undefined && !isCommand(commands, helped)) {
    const unknown = new UsageError(`there is no command or topic '${helped.join(' ')}'`, 'See `xeroctl help`.')
    stderr.write(reportOf(unknown, 'table'))
    return exitOfError(unknown)
  }
  const argv = helped === undefined ? words : [...helped, '--help']
  let code: number = exitCodes.ok.code
  let format = formatIn(argv)
  let cli: Cli | undefined
  const parser = buildParser(
    commands,
    version,
    { out: (text) => void stdout.write(text), columns },
    async (call, globals) => {
      cli = createCli(surroundings, globals())
      // Who picks a value out of the JSON reads what goes wrong; who takes the JSON parses it.
      format = cli.globals.jq === undefined && cli.globals.output?.jsonpath === undefined ? cli.format : 'table'
      await cli.print.ready()
      const { command, args, options } = call()
      code = (await command.run({ cli, args, options })) ?? exitCodes.ok.code
    },
  )
  try {
    await parser.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    // Help and version end the parsing that way; what is wrong with the words is a UsageError.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok.code
    const failure = exitOfError(error)
    surroundings.ifUnread(failure)
    stderr.write(reportOf(withKeyHint(error, cli), format))
    return failure
  }
}

/**
 * The router cannot say where the key came from, and who holds several wonders which one it was.
 */
function withKeyHint(error: unknown, cli: Cli | undefined): unknown {
  if (cli === undefined || !(error instanceof ApiError) || !isAboutKey(error)) return error
  const { apiKey, withheldKey, sources, context } = cli.target()
  if (withheldKey !== undefined) return new HintedError(error, withheldKey)
  const isFile = sources.apiKey !== '--api-key' && sources.apiKey !== 'XEROTIER_API_KEY'
  const from = isFile && context !== undefined ? `${sources.apiKey} (context ${context})` : sources.apiKey
  const used = apiKey === undefined ? 'No API key was given.' : `The key was ${keyPrefix(apiKey)}, from ${from}.`
  return new HintedError(error, [hintOf(error), used].filter((part) => part !== undefined).join(' '))
}

function isAboutKey({ status, code }: ApiError): boolean {
  return status === 401 || status === 403 || code === 'quota_exceeded'
}

/** The format as far as it can be known before the words are parsed, for errors in them. */
function formatIn(argv: readonly string[]): Format {
  const at = argv.findIndex((word) => word === '-o' || word === '--output')
  const value = argv[at + 1]
  return at >= 0 && isOneOf(formats, value) ? value : 'table'
}

function isCommand(members: readonly (Command | Group)[], words: readonly string[]): boolean {
  const [first, ...rest] = words
  if (first === undefined) return true
  const member = members.find(({ name }) => name === first)
  return member !== undefined && isCommand(member.kind === 'group' ? member.members : [], rest)
}

/** kubectl's spelling. To the parser an option takes a value or takes none. */
function withoutMode(word: string): string {
  if (word === '--dry-run=client') return '--dry-run'
  return word === '--dry-run=server' ? '--dry-run-server' : word
}
