import { command } from '../../command.ts'
import { readWholeList, wholeListOptions } from '../../list-options.ts'
import { oneOf, someOf } from '../../options.ts'
import { workspaceOption } from '../../record-options.ts'
import { agentView } from '../../views/agents.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const agentsList = command({
  name: 'list',
  summary: 'List agents with their health and last heartbeat',
  options: {
    status: someOf('Only agents with this status', vocabulary.agentHealths),
    state: oneOf('Only agents in this state', vocabulary.agentStates),
    workspace: workspaceOption('Only agents that serve this workspace (name or id)'),
    ...wholeListOptions,
  },
  notes:
    '`--status paused` is every agent with a pause, also of one workspace only and also while it is offline. `healthy` leaves out who is paused altogether.',
  examples: [
    'xeroctl agents',
    'xeroctl agents --status offline,paused',
    'xeroctl agents list --workspace kubernetes-prod -o wide',
  ],
  async run({ cli, options: { status, state, workspace, ...page } }) {
    const query = { status: status.join(',') || undefined, state, workspace }
    await cli.print.list(agentView, await readWholeList(cli, 'agents.list', { query }, page))
  },
})
