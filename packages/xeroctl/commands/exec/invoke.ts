import { ApiError } from '@xerotier/client/api-error.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Cli } from '../../cli.ts'
import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { follow } from '../../follow/follow.ts'
import { HintedError } from '../../hinted-error.ts'
import { many, number, required, text, toggle } from '../../options.ts'
import { toolOption, workspaceOption } from '../../record-options.ts'
import { executionRecord } from '../../views/executions.ts'
import { planRecord } from '../../views/plans.ts'
import { jsonArguments, singleArguments } from './call-arguments.ts'
import { type InputSchema, misnamed } from './input-schema.ts'

export const execInvoke = command({
  name: 'invoke',
  summary: 'Run a tool and wait for its end, and before that for its approval where it needs one',
  arguments: { 'tool?': 'Name' },
  offers: 'tools',
  options: {
    workspace: required(workspaceOption('Name or id')),
    tool: toolOption('The same as the argument'),
    args: text('Arguments as a JSON object; @file reads a file, - reads stdin', { placeholder: 'json' }),
    arg: many('One argument, name=value by the schema of the tool, or name:=json; may be repeated', {
      placeholder: 'name=value',
    }),
    reason: text('Why, for the reviewer and the record', { aliases: ['note'] }),
    follow: toggle('Wait for the end and show the output as it comes; the default', { short: 'f' }),
    wait: number(
      'Stop waiting after so many seconds; the call goes on',
      { min: 0, max: 86_400, integer: false },
      { placeholder: 'seconds' },
    ),
    noWait: toggle(
      'Submit, print the execution and end; 0 then says no more than that it was accepted. Not with --follow or --wait',
      {
        aliases: ['detach'],
      },
    ),
    dryRunServer: toggle(
      'Also --dry-run=server: ask the router what the call would do (risk, agents, who would be asked), and run nothing',
    ),
    idempotencyKey: text(
      'The same key and call again answer the first call instead of making a second; default: a fresh one',
      { placeholder: 'key' },
    ),
    timeout: number(
      "Kill it after so many seconds; never longer than the tool's own",
      { min: 0.001, max: limits.toolTimeoutMsMax / 1000, integer: false },
      { placeholder: 'seconds' },
    ),
  },
  notes: [
    'The outcome of the call is the exit code (`xeroctl help exit-codes`). Its stdout and stderr arrive on ours, its progress on stderr, with the command that approves it while it waits for that. Ctrl-C stops following, not the call.',
    '-o json prints the final record, -o ndjson each event. --detach is another name of --no-wait. On a terminal each control character of the output is replaced by \uFFFD, since it could steer the terminal; scripts and `xeroctl exec raw` get the bytes.',
  ].join('\n\n'),
  examples: [
    `xeroctl exec invoke kubectl_get -w kubernetes-prod --args '{"resource": "nodes"}'`,
    'xeroctl exec invoke host_process_kill -w local-host --arg pid=4711 --reason "runaway job"',
  ],
  async run({ cli, args: { tool: named }, options }) {
    const tool = named ?? options.tool
    if (tool === undefined) throw new UsageError('the name of the tool is missing', invokeUsage)
    if (options.tool !== undefined && options.tool !== tool)
      throw new UsageError(`two tools are named: ${tool}, and ${options.tool} by --tool`)
    if (options.noWait && (options.follow || options.wait !== undefined)) {
      throw new UsageError('--no-wait and --follow or --wait exclude each other')
    }
    const { workspace } = options
    const schemaOnce = inputSchema(cli, tool, workspace)
    const whole = await jsonArguments(cli, options.args)
    const args = options.arg.length === 0 ? whole : { ...whole, ...singleArguments(options.arg, await schemaOnce()) }
    const timeout_ms = options.timeout === undefined ? undefined : Math.ceil(options.timeout * 1000)
    const body = { workspace, tool, args, reason: options.reason, timeout_ms }
    if (options.dryRunServer) {
      const planning = cli.client().call('invocations.plan', { body })
      return cli.print.record(planRecord, await explained(planning, tool, args, schemaOnce))
    }
    const submitting = cli.write('invocations.submit', {
      idempotencyKey: options.idempotencyKey ?? cli.surroundings.randomId(),
      body,
    })
    const execution = await explained(submitting, tool, args, schemaOnce)
    if (execution === undefined) return
    if (!options.noWait) return follow(cli, execution.id, { waitSeconds: options.wait })
    await cli.print.record(executionRecord, execution)
    if (execution.approval_id !== null && execution.state === 'pending_approval') {
      cli.say(`it waits for its approval: ${cli.self} approvals show ${execution.approval_id}`)
    }
    cli.say(`follow it with: ${cli.self} exec watch ${execution.id}`)
  },
})

const invokeUsage = 'Usage: xeroctl exec invoke <tool> --workspace <workspace> [options]'

/** Asks once, and only when somebody wants to know. */
function inputSchema(cli: Cli, tool: string, workspace: string): () => Promise<InputSchema> {
  let asked: Promise<InputSchema> | undefined
  return () => {
    asked ??= cli
      .client()
      .call('tools.show', { params: { name: tool }, query: { workspace } })
      .then(({ input_schema }) => input_schema)
    return asked
  }
}

/**
 * What the router says of arguments that do not fit, with the names beside each other that were
 * given and were meant.
 */
async function explained<T>(
  submitting: Promise<T>,
  tool: string,
  args: Record<string, unknown>,
  schemaOnce: () => Promise<InputSchema>,
): Promise<T> {
  try {
    return await submitting
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'invalid_arguments') throw error
    const hint = await schemaOnce().then(
      (schema) => misnamed(tool, args, schema),
      () => undefined,
    )
    throw hint === undefined ? error : new HintedError(error, hint)
  }
}
