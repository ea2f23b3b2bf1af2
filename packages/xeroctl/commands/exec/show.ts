import { command } from '../../command.ts'
import { endOf } from '../../output/end-of-text.ts'
import { wholeId } from '../../short-id.ts'
import { widthOfTerminal } from '../../surroundings.ts'
import { executionDetail } from '../../views/executions.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execShow = command({
  name: 'show',
  summary: 'Show an execution: every transition, every approval, the outcome',
  arguments: { execution: 'Id' },
  offers: 'executions',
  notes: 'On a terminal long output is cut to its end; `xeroctl exec raw`, a pipe and -o json have all of it.',
  examples: ['xeroctl exec show <id> -o json > incident.json'],
  async run({ cli, args }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    const params = { id }
    const record = await ofExecution(cli, id, cli.client().call('executions.show', { params }))
    await cli.print.record(executionDetail, record)
    if (cli.format !== 'table' && cli.format !== 'wide') return
    const columns = widthOfTerminal(cli.surroundings.stdout, cli.surroundings.env)
    if ([record.stdout, record.stderr].some((text) => endOf(text, columns).hidden > 0))
      cli.say(`only the end of the output is shown here; all of it: ${cli.self} exec raw ${record.id}`)
  },
})
