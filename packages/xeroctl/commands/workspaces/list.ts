import { command } from '../../command.ts'
import { readWholeList, wholeListOptions } from '../../list-options.ts'
import { workspaceView } from '../../views/workspaces.ts'

export const workspacesList = command({
  name: 'list',
  summary: 'List workspaces',
  options: wholeListOptions,
  async run({ cli, options }) {
    await cli.print.list(workspaceView, await readWholeList(cli, 'workspaces.list', {}, options))
  },
})
