import { command } from '../../command.ts'
import { agentDetail } from '../../views/agents.ts'

export const agentsShow = command({
  name: 'show',
  summary: 'Show an agent, the tools it registered and its last heartbeat',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  examples: ['xeroctl agents xem-jumphost-01'],
  async run({ cli, args }) {
    await cli.print.record(agentDetail, await cli.client().call('agents.show', { params: { id: args.agent } }))
  },
})
