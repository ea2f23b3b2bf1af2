import { command } from '../../command.ts'
import { text } from '../../options.ts'
import { workspaceOption } from '../../record-options.ts'
import { agentRecord } from '../../views/agents.ts'

export const agentsPauseExec = command({
  name: 'pause-exec',
  summary: 'Dispatch nothing more to an agent; what runs goes on',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: {
    workspace: workspaceOption('Only for this workspace (name or id)'),
    reason: text('Why, for the record', { aliases: ['note'] }),
  },
  examples: ['xeroctl agents pause-exec xem-jumphost-01 --workspace kubernetes-prod --reason "stale credentials"'],
  async run({ cli, args, options }) {
    const agent = await cli.write('agents.pause', { params: { id: args.agent }, body: options })
    if (agent === undefined) return
    cli.say(
      `paused; resume with: ${cli.self} agents resume-exec ${agent.name}${options.workspace === undefined ? '' : ` --workspace ${options.workspace}`}`,
    )
    await cli.print.record(agentRecord, agent)
  },
})
