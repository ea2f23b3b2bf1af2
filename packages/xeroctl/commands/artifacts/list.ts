import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { wholeId } from '../../short-id.ts'
import { artifactView } from '../../views/artifacts.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const artifactsList = command({
  name: 'list',
  summary: 'List the artifacts of a call',
  arguments: { execution: 'Id' },
  offers: 'executions',
  options: listOptions,
  examples: ['xeroctl artifacts list <execution>'],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    const reading = readList(cli, 'executions.artifacts', { params: { id } }, options)
    await cli.print.list(artifactView, await ofExecution(cli, id, reading))
  },
})
