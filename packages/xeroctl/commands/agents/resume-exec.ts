import { command } from '../../command.ts'
import { workspaceOption } from '../../record-options.ts'
import { agentRecord } from '../../views/agents.ts'

export const agentsResumeExec = command({
  name: 'resume-exec',
  summary: 'Dispatch to a paused agent again',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: { workspace: workspaceOption('Only for this workspace (name or id)') },
  examples: ['xeroctl agents resume-exec xem-jumphost-01'],
  async run({ cli, args, options }) {
    const agent = await cli.write('agents.resume', { params: { id: args.agent }, body: options })
    if (agent !== undefined) await cli.print.record(agentRecord, agent)
  },
})
