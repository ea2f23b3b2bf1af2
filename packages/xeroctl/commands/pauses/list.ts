import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { oneOf, someOf, text } from '../../options.ts'
import { toolOption, workspaceOption } from '../../record-options.ts'
import { pauseView } from '../../views/pauses.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const pausesList = command({
  name: 'list',
  summary: 'List what is paused, newest first; of the past when asked for',
  options: {
    status: someOf('Only these states; default active', [...vocabulary.pauseStates, 'all']),
    target: oneOf('Only pauses of such', vocabulary.pauseTargets),
    agent: text('Only pauses of this agent (name or id)', { live: 'agents' }),
    workspace: workspaceOption('Only pauses that name this workspace (name or id)'),
    tool: toolOption('Only pauses of this tool'),
    incident: text('Only pauses for this incident', { placeholder: 'id' }),
    ...listOptions,
  },
  examples: ['xeroctl pauses', 'xeroctl pauses list --incident INC-42 --status all'],
  async run({ cli, options: { status, target, agent, workspace, tool, incident, ...page } }) {
    const states = status.includes('all') ? 'all' : status.join(',') || undefined
    const query = { status: states, target, agent, workspace, tool, incident }
    await cli.print.list(pauseView, await readList(cli, 'pauses.list', { query }, page))
  },
})
