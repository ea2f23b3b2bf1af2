import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { oneOf, someOf, text } from '../../options.ts'
import { instant } from '../../output/time.ts'
import { agentOption, toolOption, workspaceOption } from '../../record-options.ts'
import { approvalView, waitingView } from '../../views/approvals.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const approvalsList = command({
  name: 'list',
  summary: 'List approvals; the open ones unless asked otherwise',
  options: {
    status: someOf('Only these states; `all` for every one', [...vocabulary.approvalStates, 'all']),
    risk: someOf('Only these risks', vocabulary.risks),
    workspace: workspaceOption('Only this workspace (name or id)'),
    agent: agentOption('Only what this agent got, and what waits in its workspaces (name or id)'),
    tool: toolOption('Only this tool'),
    requester: text('Only what this person (e-mail or id) or service key (name or id) asked for', {
      placeholder: 'who',
    }),
    approver: text('Only what this person or service key voted on', { placeholder: 'who' }),
    review: oneOf('Only what an owner ran alone and nobody has reviewed', ['due']),
    since: text('Not older than this: 30m, 2h, 7d or a time', { placeholder: 'when' }),
    until: text('Not newer than this', { placeholder: 'when' }),
    ...listOptions,
  },
  examples: [
    'xeroctl approvals list --workspace kubernetes-prod',
    'xeroctl approvals list --status all --since 1d -o wide',
  ],
  async run({ cli, options: { limit, after, status, risk, since, until, ...filters } }) {
    const now = cli.surroundings.now()
    const query = {
      ...filters,
      status: status.join(',') || undefined,
      risk: risk.join(',') || undefined,
      since: since === undefined ? undefined : instant(since, '--since', now),
      until: until === undefined ? undefined : instant(until, '--until', now),
    }
    const view = status.length === 0 ? waitingView : approvalView
    await cli.print.list(view, await readList(cli, 'approvals.list', { query }, { limit, after }))
  },
})
