import { command } from '../../command.ts'
import { required, text } from '../../options.ts'
import { workspaceRecord } from '../../views/workspaces.ts'

export const workspacesUnbind = command({
  name: 'unbind',
  summary: 'Let an agent no longer serve a workspace',
  arguments: { workspace: 'Name or id' },
  options: { agent: required(text('Name or id', { placeholder: 'agent' })) },
  async run({ cli, args, options }) {
    const params = { id: args.workspace, agent: options.agent }
    const workspace = await cli.write('workspaces.unbind', { params })
    if (workspace !== undefined) await cli.print.record(workspaceRecord, workspace)
  },
})
