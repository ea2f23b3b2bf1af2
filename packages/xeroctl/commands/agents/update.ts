import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { text, toggle } from '../../options.ts'
import { agentRecord } from '../../views/agents.ts'

export const agentsUpdate = command({
  name: 'update',
  summary: 'Change the description of an agent',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: {
    description: text('For people: what the host is for, whom to ask'),
    clear: toggle('Remove the description'),
  },
  examples: ['xeroctl agents update xem-jumphost-01 --description "rack 4, ask platform"'],
  async run({ cli, args, options: { description, clear } }) {
    if (clear === (description !== undefined)) throw new UsageError('give --description, or else --clear')
    const body = { description: description ?? null }
    const agent = await cli.write('agents.update', { params: { id: args.agent }, body })
    if (agent !== undefined) await cli.print.record(agentRecord, agent)
  },
})
