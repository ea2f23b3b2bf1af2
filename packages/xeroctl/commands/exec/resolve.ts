import { command } from '../../command.ts'
import { oneOf, required, text } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { executionRecord } from '../../views/executions.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execResolve = command({
  name: 'resolve',
  summary: 'Say what became of an ambiguous call',
  arguments: { execution: 'Id' },
  offers: 'doubtful',
  options: {
    outcome: required(oneOf('What is now known', ['completed', 'failed', 'cancelled'])),
    note: required(text('How it is known; kept in the record', { aliases: ['reason'] })),
  },
  examples: ['xeroctl exec resolve <id> --outcome completed --note "node is gone from the cluster"'],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    const resolving = cli.write('executions.resolve', { params: { id }, body: options })
    const execution = await ofExecution(cli, id, resolving)
    if (execution !== undefined) await cli.print.record(executionRecord, execution)
  },
})
