import { command } from '../../command.ts'
import { readWholeList, wholeListOptions } from '../../list-options.ts'
import { someOf } from '../../options.ts'
import { workspaceOption } from '../../record-options.ts'
import { toolView } from '../../views/tools.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const execTools = command({
  name: 'tools',
  summary: 'List the tools of online agents',
  options: {
    workspace: workspaceOption('Only what this workspace can use (name or id)'),
    risk: someOf('Only these risks', vocabulary.risks),
    ...wholeListOptions,
  },
  async run({ cli, options: { workspace, risk, ...page } }) {
    const query = { workspace, risk: risk.join(',') || undefined }
    await cli.print.list(toolView, await readWholeList(cli, 'tools.list', { query }, page))
  },
})
