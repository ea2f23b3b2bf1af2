import { command } from '../../command.ts'
import { oneOf, text } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execRaw = command({
  name: 'raw',
  summary: 'Print all of the output, byte for byte',
  arguments: { execution: 'Id' },
  offers: 'executions',
  options: {
    stream: oneOf('Only this one; default both, in the order of arrival up to 1 MiB, and then one after the other', [
      'stdout',
      'stderr',
    ]),
    artifact: text('The bytes of this artifact instead', { placeholder: 'id' }),
  },
  examples: ['xeroctl exec raw <id> > output.bin'],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    const params = { id }
    const reading =
      options.artifact === undefined
        ? cli.client().bytes('executions.raw', { params, query: { stream: options.stream } })
        : cli.client().bytes('executions.artifact', { params: { ...params, artifact_id: options.artifact } })
    const { body } = await ofExecution(cli, id, reading)
    for await (const chunk of body) await cli.pour(chunk)
  },
})
