import { command } from '../../command.ts'
import { toolRecord } from '../../views/tools.ts'

export const execToolShow = command({
  name: 'tool-show',
  summary: 'Show a tool: risk, timeout, arguments and who offers it',
  arguments: { tool: 'Name' },
  offers: 'tools',
  async run({ cli, args }) {
    await cli.print.record(toolRecord, await cli.client().call('tools.show', { params: { name: args.tool } }))
  },
})
