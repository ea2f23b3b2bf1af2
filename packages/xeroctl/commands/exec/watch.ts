import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { follow } from '../../follow/follow.ts'
import { watchEvents } from '../../follow/watch-events.ts'
import { number, toggle } from '../../options.ts'
import { agentOption, toolOption, workspaceOption } from '../../record-options.ts'
import { wholeId } from '../../short-id.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execWatch = command({
  name: 'watch',
  summary: 'Follow a call to its end, with its output; or with --all, print what happens to every call',
  arguments: { 'execution?': 'Id' },
  offers: 'executions',
  options: {
    wait: number(
      'Stop waiting after so many seconds',
      { min: 0, max: 86_400, integer: false },
      { placeholder: 'seconds' },
    ),
    all: toggle('Every call of the project, one event a line, until Ctrl-C'),
    workspace: workspaceOption('With --all: only this workspace'),
    agent: agentOption('With --all: only this agent'),
    tool: toolOption('With --all: only this tool'),
  },
  notes:
    'Ends with the outcome of the call as exit code; see `xeroctl help exit-codes`. Ctrl-C stops watching, not the call.',
  async run({ cli, args, options: { wait, all, ...filters } }) {
    const filtered = Object.values(filters).some((value) => value !== undefined)
    if (args.execution !== undefined) {
      if (all || filtered) throw new UsageError('--all, --workspace, --agent and --tool are for watching without an id')
      const id = await wholeId(cli, 'executions.list', args.execution)
      return ofExecution(cli, id, follow(cli, id, { waitSeconds: wait }))
    }
    // Not by default: `exec watch $id` with an empty variable would wait for ever.
    if (!all) throw new UsageError('give the id of a call, or --all')
    await watchEvents(cli, undefined, (stream) => cli.client().events('executions.stream', { query: filters }, stream))
  },
})
