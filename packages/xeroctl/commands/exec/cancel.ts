import { command } from '../../command.ts'
import { executionRecord } from '../../views/executions.ts'

export const execCancel = command({
  name: 'cancel',
  summary: 'Cancel a call; a running one is killed',
  arguments: { execution: 'Id' },
  async run({ cli, args }) {
    const execution = await cli.write('invocations.cancel', { params: { id: args.execution } })
    if (execution === undefined) return
    if (execution.state !== 'cancelled')
      cli.say(`asked the agent to stop it; watch: ${cli.self} exec watch ${execution.id}`)
    await cli.print.record(executionRecord, execution)
  },
})
