import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { workspaceView } from '../../views/workspaces.ts'

export const workspacesList = command({
  name: 'list',
  summary: 'List workspaces',
  options: listOptions,
  async run({ cli, options }) {
    await cli.print.list(workspaceView, await readList(cli, 'workspaces.list', {}, options))
  },
})
