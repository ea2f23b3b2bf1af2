import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { someOf, text } from '../../options.ts'
import { toolView } from '../../views/tools.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const execTools = command({
  name: 'tools',
  summary: 'List the tools of online agents',
  options: {
    workspace: text('Only what this workspace can use (name or id)', { placeholder: 'workspace' }),
    risk: someOf('Only these risks', vocabulary.risks),
    ...listOptions,
  },
  async run({ cli, options: { workspace, risk, ...page } }) {
    const query = { workspace, risk: risk.join(',') || undefined }
    await cli.print.list(toolView, await readList(cli, 'tools.list', { query }, page))
  },
})
