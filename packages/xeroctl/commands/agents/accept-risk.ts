import { command } from '../../command.ts'
import { toolOption } from '../../record-options.ts'
import { agentDetail } from '../../views/agents.ts'

export const agentsAcceptRisk = command({
  name: 'accept-risk',
  summary: 'Let tools be called again whose agent calls them milder than before',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: { tool: toolOption('Only this tool') },
  examples: ['xeroctl agents accept-risk xem-jumphost-01 --tool cache_clear'],
  async run({ cli, args, options }) {
    const agent = await cli.write('agents.acceptRisk', { params: { id: args.agent }, body: options })
    if (agent !== undefined) await cli.print.record(agentDetail, agent)
  },
})
