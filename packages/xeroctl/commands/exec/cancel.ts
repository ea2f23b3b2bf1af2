import { command } from '../../command.ts'
import { printable } from '../../output/cell.ts'
import { wholeId } from '../../short-id.ts'
import { executionRecord } from '../../views/executions.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execCancel = command({
  name: 'cancel',
  summary: 'Cancel a call; a running one is killed',
  arguments: { execution: 'Id' },
  offers: 'unfinished',
  async run({ cli, args }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    const cancelling = cli.write('invocations.cancel', { params: { id } })
    const execution = await ofExecution(cli, id, cancelling)
    if (execution === undefined) return
    if (execution.state !== 'cancelled') {
      // A router older than this field leaves it out.
      const away = execution.agent_asked === false
      const said = away
        ? `nobody was reached: ${printable(execution.agent ?? 'its agent')} is not connected, and is asked to stop it when it is back`
        : 'asked the agent to stop it'
      cli.say(`${said}; watch: ${cli.self} exec watch ${execution.id}`)
    }
    await cli.print.record(executionRecord, execution)
  },
})
