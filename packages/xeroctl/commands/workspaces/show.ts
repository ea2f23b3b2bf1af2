import { command } from '../../command.ts'
import { workspaceRecord } from '../../views/workspaces.ts'

export const workspacesShow = command({
  name: 'show',
  summary: 'Show a workspace and the agents that serve it',
  arguments: { workspace: 'Name or id' },
  offers: 'workspaces',
  async run({ cli, args }) {
    await cli.print.record(
      workspaceRecord,
      await cli.client().call('workspaces.show', { params: { id: args.workspace } }),
    )
  },
})
