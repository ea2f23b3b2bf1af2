import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { oneOf, text } from '../../options.ts'
import { agentView } from '../../views/agents.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const agentsList = command({
  name: 'list',
  summary: 'List agents with their health and last heartbeat',
  options: {
    state: oneOf('Only agents in this state', vocabulary.agentStates),
    workspace: text('Only agents that serve this workspace (name or id)', { placeholder: 'workspace' }),
    ...listOptions,
  },
  examples: ['xeroctl agents', 'xeroctl agents list --workspace kubernetes-prod -o wide'],
  async run({ cli, options: { state, workspace, ...page } }) {
    await cli.print.list(agentView, await readList(cli, 'agents.list', { query: { state, workspace } }, page))
  },
})
