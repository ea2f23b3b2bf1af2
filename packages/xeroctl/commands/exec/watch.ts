import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { follow } from '../../follow/follow.ts'
import { watchEvents } from '../../follow/watch-events.ts'
import { number, text } from '../../options.ts'

export const execWatch = command({
  name: 'watch',
  summary: 'Follow a call to its end, with its output; without an id, print every event of every call',
  arguments: { 'execution?': 'Id' },
  options: {
    wait: number(
      'Stop waiting after so many seconds',
      { min: 0, max: 86_400, integer: false },
      { placeholder: 'seconds' },
    ),
    workspace: text('Without an id: only this workspace', { placeholder: 'workspace' }),
    agent: text('Without an id: only this agent', { placeholder: 'agent' }),
    tool: text('Without an id: only this tool', { placeholder: 'tool' }),
  },
  notes:
    'Ends with the outcome of the call as exit code; see `xeroctl help exit-codes`. Ctrl-C stops watching, not the call.',
  async run({ cli, args, options: { wait, ...filters } }) {
    const filtered = Object.values(filters).some((value) => value !== undefined)
    if (args.execution !== undefined) {
      if (filtered) throw new UsageError('--workspace, --agent and --tool are for watching without an id')
      return follow(cli, args.execution, { waitSeconds: wait })
    }
    await watchEvents(cli, undefined, (stream) => cli.client().events('executions.stream', { query: filters }, stream))
  },
})
