import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { toggle } from '../../options.ts'
import { agentRecord } from '../../views/agents.ts'

export const agentsRevokeCredentials = command({
  name: 'revoke-credentials',
  summary: 'Invalidate the keys of an agent and keep its record; it must enroll again',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  examples: ['xeroctl agents revoke-credentials xem-jumphost-01'],
  async run({ cli, args, options }) {
    await confirm(
      cli,
      `Revoke the credentials of agent '${args.agent}'? It is cut off until it enrolls again.`,
      options.yes,
    )
    const agent = await cli.write('agents.revokeCredentials', { params: { id: args.agent } })
    if (agent === undefined) return
    cli.say(`revoked; ${agent.name} needs a new join key to come back`)
    await cli.print.record(agentRecord, agent)
  },
})
