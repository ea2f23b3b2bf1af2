import { command } from '../../command.ts'
import { text, toggle } from '../../options.ts'
import { toolOption, workspaceOption } from '../../record-options.ts'
import { pause, pauseNotes, pauseOptions } from './pausing.ts'

export const pausesCreate = command({
  name: 'create',
  summary: 'Dispatch no more calls of an agent, a workspace, a tool, or the whole project',
  options: {
    agent: text('An agent (name or id)', { live: 'agents' }),
    workspace: workspaceOption('A workspace (name or id); with --agent or --tool only in this one'),
    tool: toolOption('A tool, at every agent'),
    project: toggle('The whole project'),
    ...pauseOptions,
  },
  notes: pauseNotes,
  examples: [
    'xeroctl pauses create --tool kubectl_drain --reason "drains the wrong nodes" --incident INC-42',
    'xeroctl pauses create --tool kubectl_drain --workspace kubernetes-prod --ttl 2h',
    'xeroctl pauses create --workspace kubernetes-prod --dry-run',
  ],
  async run({ cli, options: { agent, workspace, tool, project, ...given } }) {
    await pause(cli, { agent, workspace, tool, ...(project ? { project: true } : {}) }, given)
  },
})
