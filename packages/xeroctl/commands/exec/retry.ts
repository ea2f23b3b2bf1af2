import { ApiError } from '@xerotier/client/api-error.ts'
import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { follow } from '../../follow/follow.ts'
import { HintedError } from '../../hinted-error.ts'
import { number, text, toggle } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { executionRecord } from '../../views/executions.ts'
import { ofExecution } from '../../wrong-kind.ts'
import { jsonArguments } from './call-arguments.ts'

export const execRetry = command({
  name: 'retry',
  summary: 'Make an ended call again, through policy and approval, and wait for its end',
  arguments: { execution: 'Id' },
  offers: 'executions',
  options: {
    args: text('The secret arguments, which no record keeps, as a JSON object; @file reads a file, - reads stdin', {
      placeholder: 'json',
    }),
    reason: text('Why, for the reviewer and the record; default: that of the first call', { aliases: ['note'] }),
    wait: number(
      'Stop waiting after so many seconds; the call goes on',
      { min: 0, max: 86_400, integer: false },
      { placeholder: 'seconds' },
    ),
    noWait: toggle('Submit, print the execution and end. Not with --wait', { aliases: ['detach'] }),
    idempotencyKey: text('The same key again answers the same new call; default: a fresh one', { placeholder: 'key' }),
  },
  notes:
    'The same tool, arguments and workspace. It is a call of its own: whoever must approve such a call is asked again, and its requester is who retries. Both records name each other. A call that has not ended is refused, and so is an ambiguous one until `xeroctl exec resolve` has said what became of it.',
  examples: [
    'xeroctl exec retry <id> --reason "disk is no longer full"',
    'xeroctl exec retry <id> --args @secrets.json',
  ],
  async run({ cli, args, options }) {
    if (options.noWait && options.wait !== undefined) throw new UsageError('--no-wait and --wait exclude each other')
    const id = await wholeId(cli, 'executions.list', args.execution)
    const secrets = await jsonArguments(cli, options.args)
    const retrying = cli.write('executions.retry', {
      params: { id },
      idempotencyKey: options.idempotencyKey ?? cli.surroundings.randomId(),
      body: { args: secrets, reason: options.reason },
    })
    const execution = await ofExecution(cli, id, explained(retrying))
    if (execution === undefined) return
    if (!options.noWait) return follow(cli, execution.id, { waitSeconds: options.wait })
    await cli.print.record(executionRecord, execution)
    if (execution.approval_id !== null && execution.state === 'pending_approval')
      cli.say(`it waits for its approval: ${cli.self} approvals show ${execution.approval_id}`)
    cli.say(`follow it with: ${cli.self} exec watch ${execution.id}`)
  },
})

/** A secret does not belong on a command line, where others of the host can read it. */
async function explained<T>(retrying: Promise<T>): Promise<T> {
  try {
    return await retrying
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'invalid_arguments') throw error
    throw new HintedError(error, 'Secrets are given by a file or by stdin: --args @secrets.json, or --args -.')
  }
}
