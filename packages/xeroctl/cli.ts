// What a command gets: the router, the printer, and a way to speak to the person in front of it.
import type { Answer, CallArguments, CallId } from '@xerotier/client/call-types.ts'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { resolveTarget, type Target } from './config/target.ts'
import { printPlan } from './dry-run.ts'
import { UsageError } from './exit-codes.ts'
import type { Globals } from './globals.ts'
import { printable } from './output/cell.ts'
import { type Paint, paintFor, reviewedLine } from './output/colours.ts'
import type { Format } from './output/format.ts'
import { createPrinter, type Printer } from './output/printer.ts'
import { queryOf } from './output/query.ts'
import { writeTo } from './output/write.ts'
import { type ServerClock, serverClock } from './server-clock.ts'
import { type Surroundings, widthOfTerminal } from './surroundings.ts'

export interface Cli {
  surroundings: Surroundings
  globals: Globals
  /** How the person called us. */
  program: string
  /**
   * The same with the router that was named, for the commands that we suggest: they must go where
   * this one went.
   */
  self: string
  format: Format
  print: Printer
  /** Colours for stderr. */
  paint: Paint
  /** A line for a person, on stderr. */
  say(line: string): void
  /** Bytes to stdout, as they are. */
  pour(bytes: Uint8Array): Promise<void>
  /** @throws UsageError when nothing is configured. */
  target(): Target
  /** The router's clock where it is known, else this host's. Milliseconds since the epoch. */
  clock: Pick<ServerClock, 'now' | 'ahead'>
  client(): Client
  /** Sends a write; under --dry-run prints it instead and answers undefined. */
  write<Id extends CallId>(id: Id, ...input: CallArguments<Id>): Promise<Answer<Id> | undefined>
}

export function createCli(surroundings: Surroundings, globals: Globals): Cli {
  let target: Target | undefined
  let client: Client | undefined
  const clock = serverClock(surroundings)
  const targetOnce = () => (target ??= resolveTarget(surroundings, globals))
  const query = queryOf(globals.output, globals.jq)
  const asked = globals.output?.format ?? (query === undefined ? outputOfTarget(targetOnce) : 'json')
  const format = asked ?? 'table'
  const say = (line: string) => void surroundings.stderr.write(`${reviewedLine(line)}\n`)
  const program = surroundings.env.npm_command === 'exec' ? 'npx xeroctl' : 'xeroctl'
  const cli: Cli = {
    surroundings,
    globals,
    program,
    self: `${program}${named('--context', globals.context)}${named('--base-url', globals.baseUrl)}`,
    format,
    say,
    paint: paintFor(surroundings.stderr, surroundings.env, globals.noColor),
    pour: (bytes) => writeTo(surroundings.stdout, bytes),
    print: createPrinter({
      format,
      query,
      isTerminal: surroundings.stdout.isTTY === true,
      style: () => ({
        paint: paintFor(surroundings.stdout, surroundings.env, globals.noColor),
        now: clock.now(),
        wide: format === 'wide',
        columns: widthOfTerminal(surroundings.stdout, surroundings.env),
      }),
      write: (text) => writeTo(surroundings.stdout, text),
      note: say,
    }),
    target: targetOnce,
    clock,
    client: () => (client ??= connect(cli, { ...surroundings, fetch: clock.fetch })),
    async write(id, ...input) {
      if (!globals.dryRun) return cli.client().call(id, ...input)
      await printPlan(cli.print, cli.client().plan(id, ...input))
      return undefined
    },
  }
  return cli
}

/** An option as a shell takes it back. */
function named(flag: string, value: string | undefined): string {
  if (value === undefined) return ''
  const word = /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
  return ` ${flag} ${word}`
}

function connect(cli: Cli, surroundings: Surroundings): Client {
  const { baseUrl, apiKey } = cli.target()
  try {
    return createClient({
      baseUrl,
      apiKey,
      surroundings,
      onRetry: (error, delayMs) =>
        cli.say(printable(`${messageOf(error).replace(/\.$/, '')}; trying again in ${(delayMs / 1000).toFixed(1)} s`)),
    })
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

/**
 * The deployment's own choice. A command that needs no deployment must not fail for the want of
 * one.
 */
function outputOfTarget(target: () => Target): Format | undefined {
  try {
    return target().output
  } catch {
    return undefined
  }
}
