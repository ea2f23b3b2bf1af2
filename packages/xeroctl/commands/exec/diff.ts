import type { Cli } from '../../cli.ts'
import { command } from '../../command.ts'
import { differences } from '../../investigate/difference.ts'
import { toggle } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { differenceView } from '../../views/differences.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execDiff = command({
  name: 'diff',
  summary: 'Show two calls beside each other: arguments, agent, version, outcome, output',
  arguments: { a: 'Id', b: 'Id of the other' },
  offers: 'executions',
  options: { all: toggle('Also what both have alike') },
  notes:
    'Of output up to 400 lines the lines are shown that only one of them has. Secret arguments never compare alike.',
  examples: ['xeroctl exec diff <failed> <retry>'],
  async run({ cli, args, options }) {
    const [a, b] = [await recordOf(cli, args.a), await recordOf(cli, args.b)]
    const rows = differences(a, b)
    const data = options.all ? rows : rows.filter(({ same }) => !same)
    await cli.print.list(differenceView, { data, has_more: false, last_id: null })
  },
})

async function recordOf(cli: Cli, reference: string) {
  const id = await wholeId(cli, 'executions.list', reference)
  return ofExecution(cli, id, cli.client().call('executions.show', { params: { id } }))
}
