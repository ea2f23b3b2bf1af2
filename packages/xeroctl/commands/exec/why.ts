import { whyOf } from '@xerotier/protocol/explain/why.ts'
import { command } from '../../command.ts'
import { wholeId } from '../../short-id.ts'
import { whyRecord } from '../../views/why.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execWhy = command({
  name: 'why',
  summary: 'Say why a call went as it did, one sentence a step: who asked, who decided, which agent, how it ended',
  arguments: { execution: 'Id' },
  offers: 'executions',
  examples: ['xeroctl exec why <id>'],
  async run({ cli, args }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    const record = await ofExecution(cli, id, cli.client().call('executions.show', { params: { id } }))
    await cli.print.record(whyRecord, whyOf(record))
  },
})
