import { command } from '../../command.ts'
import { required } from '../../options.ts'
import { agentOption } from '../../record-options.ts'
import { workspaceRecord } from '../../views/workspaces.ts'

export const workspacesUnbind = command({
  name: 'unbind',
  summary: 'Let an agent no longer serve a workspace',
  arguments: { workspace: 'Name or id' },
  offers: 'workspaces',
  options: { agent: required(agentOption('Name or id')) },
  async run({ cli, args, options }) {
    const params = { id: args.workspace, agent: options.agent }
    const workspace = await cli.write('workspaces.unbind', { params })
    if (workspace !== undefined) await cli.print.record(workspaceRecord, workspace)
  },
})
