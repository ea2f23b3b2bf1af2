import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { watchEvents } from '../../follow/watch-events.ts'
import { listOptions, readList } from '../../list-options.ts'
import { someOf, text, toggle } from '../../options.ts'
import { instant } from '../../output/time.ts'
import { agentOption, toolOption, workspaceOption } from '../../record-options.ts'
import { executionView, pendingWord } from '../../views/executions.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const execList = command({
  name: 'list',
  summary: 'List executions, newest first',
  options: {
    status: someOf('Only these states; `all`, as by default, for every one', [
      ...vocabulary.executionStates,
      pendingWord,
      'all',
    ]),
    tool: toolOption('Only this tool'),
    agent: agentOption('Only this agent (name or id)'),
    workspace: workspaceOption('Only this workspace (name or id)'),
    risk: someOf('Only these risks of the tools themselves', vocabulary.risks),
    requester: text('Only what this person (e-mail or id) or service key (name or id) asked for', {
      placeholder: 'who',
    }),
    since: text('Not older than this: 30m, 2h, 7d or a time', { placeholder: 'when' }),
    until: text('Not newer than this', { placeholder: 'when' }),
    watch: toggle('Go on after the list: print what happens to such calls, one event a line, until Ctrl-C'),
    ...listOptions,
  },
  notes: `States: ${vocabulary.executionStates.join(', ')}.`,
  examples: [
    'xeroctl exec list --status failed,ambiguous --since 2h',
    'xeroctl exec list --status failed,ambiguous --since 30m --watch',
    'xeroctl exec list --agent xem-jumphost-01 -o ndjson --limit 1000',
  ],
  async run({ cli, options: { limit, after, status, risk, since, until, watch, ...named } }) {
    const now = cli.surroundings.now()
    const filters = {
      ...named,
      // The router knows the word for approvals only; their list is of the open ones unless asked
      // otherwise.
      status: status.includes('all') ? undefined : status.map(stateOf).join(',') || undefined,
      risk: risk.join(',') || undefined,
    }
    const query = {
      ...filters,
      since: since === undefined ? undefined : instant(since, '--since', now),
      until: until === undefined ? undefined : instant(until, '--until', now),
    }
    const list = async () =>
      cli.print.list(executionView, await readList(cli, 'executions.list', { query }, { limit, after }))
    if (!watch) return list()
    if (until !== undefined || after !== undefined)
      throw new UsageError('--watch goes on from now, and --until and --after end before')
    await watchEvents(
      cli,
      undefined,
      (stream) => cli.client().events('executions.stream', { query: filters }, stream),
      list,
    )
  },
})

/** What narrow tables say instead. */
function stateOf(word: string): string {
  return word === pendingWord ? 'pending_approval' : word
}
