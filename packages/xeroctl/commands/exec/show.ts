import { command } from '../../command.ts'
import { executionDetail } from '../../views/executions.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execShow = command({
  name: 'show',
  summary: 'Show an execution: every transition, every approval, the outcome',
  arguments: { execution: 'Id' },
  examples: ['xeroctl exec show <id> -o json > incident.json'],
  async run({ cli, args }) {
    await cli.print.record(
      executionDetail,
      await ofExecution(cli, args.execution, cli.client().call('executions.show', { params: { id: args.execution } })),
    )
  },
})
