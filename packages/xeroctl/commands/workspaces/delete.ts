import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { toggle } from '../../options.ts'
import { workspaceRecord } from '../../views/workspaces.ts'

export const workspacesDelete = command({
  name: 'delete',
  summary: 'Delete a workspace with its bindings; the history of its calls stays',
  arguments: { workspace: 'Name or id' },
  offers: 'workspaces',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  notes:
    'Refused while a call of it waits or runs. Its name is free for another one then; its id still finds its calls.',
  examples: ['xeroctl workspaces delete kubernetes-old --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `Delete workspace '${args.workspace}' for good?`, options.yes)
    const workspace = await cli.write('workspaces.delete', { params: { id: args.workspace } })
    if (workspace === undefined) return
    cli.say(`workspace ${workspace.name} (${workspace.id}) is deleted`)
    await cli.print.record(workspaceRecord, workspace)
  },
})
