import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { toggle } from '../../options.ts'
import { agentRecord } from '../../views/agents.ts'

export const agentsDelete = command({
  name: 'delete',
  summary: 'Remove an agent for good',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  examples: ['xeroctl agents xem-jumphost-01 --delete --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `Remove agent '${args.agent}' for good?`, options.yes)
    const agent = await cli.write('agents.delete', { params: { id: args.agent } })
    if (agent === undefined) return
    cli.say(`agent ${agent.name} (${agent.id}) is removed`)
    await cli.print.record(agentRecord, agent)
  },
})
