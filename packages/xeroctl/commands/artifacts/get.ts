import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { text } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const artifactsGet = command({
  name: 'get',
  summary: 'Print the bytes of an artifact, or write them to a file',
  arguments: { execution: 'Id', artifact: 'Id or name' },
  offers: 'executions',
  options: { to: text('A new file, 0600, in place of stdout', { placeholder: 'file' }) },
  examples: ['xeroctl artifacts get <execution> stdout.log --to stdout.log'],
  async run({ cli, args, options: { to } }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    const params = { id, artifact_id: args.artifact }
    const { body } = await ofExecution(cli, id, cli.client().bytes('executions.artifact', { params }))
    if (to === undefined) {
      for await (const chunk of body) await cli.pour(chunk)
      return
    }
    try {
      await pipeline(body, createWriteStream(to, { mode: 0o600, flags: 'wx' }))
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      throw new UsageError(`--to ${to} is there already, and is not written over`)
    }
    cli.say(`written to ${to}`)
  },
})
