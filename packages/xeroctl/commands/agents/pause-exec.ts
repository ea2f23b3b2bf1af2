import { command } from '../../command.ts'
import { workspaceOption } from '../../record-options.ts'
import { agentRecord } from '../../views/agents.ts'
import { pauseNotes, pauseOptions, planned, reasonOf } from '../pauses/pausing.ts'

export const agentsPauseExec = command({
  name: 'pause-exec',
  summary: 'Dispatch nothing more to an agent; what runs goes on',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: { workspace: workspaceOption('Only for this workspace (name or id)'), ...pauseOptions },
  notes: `Other agents that serve the workspace go on. ${pauseNotes}`,
  examples: [
    'xeroctl agents pause-exec xem-jumphost-01 --workspace kubernetes-prod --reason "stale credentials"',
    'xeroctl agents pause-exec xem-jumphost-01 --incident INC-42 --ttl 2h',
  ],
  async run({ cli, args, options: { workspace, ...given } }) {
    const body = { workspace, ...reasonOf(cli, given) }
    if (cli.globals.dryRun) return planned(cli, { agent: args.agent, workspace })
    const agent = await cli.client().call('agents.pause', { params: { id: args.agent }, body })
    cli.say(
      `paused; resume with: ${cli.self} agents resume-exec ${agent.name}${workspace === undefined ? '' : ` --workspace ${workspace}`}`,
    )
    await cli.print.record(agentRecord, agent)
  },
})
