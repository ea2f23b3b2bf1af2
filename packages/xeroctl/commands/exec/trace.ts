import { spansOf } from '@xerotier/protocol/explain/waterfall.ts'
import { command } from '../../command.ts'
import { wholeId } from '../../short-id.ts'
import { spanView } from '../../views/spans.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execTrace = command({
  name: 'trace',
  summary: 'Show where the time of a call went: HTTP, approval, queue, agent, tool, and back',
  arguments: { execution: 'Id' },
  offers: 'executions',
  notes:
    "From the times on the record, so no collector is needed. The agent's times are those of its own clock. Where tracing is on, the link to the trace is printed too.",
  examples: ['xeroctl exec trace <id>'],
  async run({ cli, args }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    const record = await ofExecution(cli, id, cli.client().call('executions.show', { params: { id } }))
    const data = spansOf(record, cli.clock.now())
    const wholeMs = Math.max(...data.map(({ offset_ms, ms }) => offset_ms + ms), 1)
    await cli.print.list(spanView(wholeMs), { data, has_more: false, last_id: null })
    if (record.trace_id !== null) cli.say(`trace ${record.trace_url ?? record.trace_id}`)
  },
})
