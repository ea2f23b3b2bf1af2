// Questions to the person at the terminal.
import { createInterface } from 'node:readline/promises'
import { PassThrough } from 'node:stream'
import type { Cli } from './cli.ts'
import { Interrupted, UsageError } from './exit-codes.ts'

/**
 * Asks before something that cannot be taken back. With --yes, or under --dry-run, nobody is asked.
 * @throws UsageError where nobody can answer; Interrupted when the answer is no.
 */
export async function confirm(cli: Cli, question: string, yes: boolean): Promise<void> {
  if (yes || cli.globals.dryRun) return
  if (cli.surroundings.stdin.isTTY !== true) throw new UsageError(`${question} Nobody can answer here: add --yes.`)
  const answer = await ask(cli, `${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) {
    cli.say('nothing was changed')
    throw new Interrupted()
  }
}

/** Whether a person sees a question and can answer it. */
export function isAnswered(cli: Cli): boolean {
  return cli.surroundings.stdin.isTTY === true && cli.surroundings.stderr.isTTY === true
}

/**
 * One line. With `hidden`, what is typed does not show.
 * @throws Interrupted at Ctrl-C or the end of the input.
 */
export async function ask(cli: Cli, question: string, hidden = false): Promise<string> {
  const { stdin, stderr } = cli.surroundings
  // readline echoes into its output; a hidden answer echoes into nothing.
  const output = hidden ? new PassThrough().resume() : (stderr as NodeJS.WritableStream & typeof stderr)
  if (hidden) stderr.write(question)
  const lines = createInterface({ input: stdin, output, terminal: stdin.isTTY === true })
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new Interrupted()))
      lines.once('close', () => reject(new Interrupted()))
      lines.question(hidden ? '' : question).then(resolve, reject)
    })
  } finally {
    lines.close()
    if (hidden) stderr.write('\n')
  }
}
