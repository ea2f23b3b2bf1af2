import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { command } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { text } from '../../options.ts'

/** An archive of gigabytes takes its time. */
const timeoutMs = 3_600_000

export const exportsDownload = command({
  name: 'download',
  summary: 'Write the archive to a file, and compare it with what the router made',
  arguments: { export: 'Id' },
  options: { to: text('The file; default <id>.zip', { placeholder: 'file' }) },
  notes: 'Each download is in the audit log.',
  examples: ['xeroctl exports download <id>', 'xeroctl exports download <id> --to incident-42.zip'],
  async run({ cli, args, options }) {
    const params = { id: args.export }
    const { id, sha256, bytes } = await cli.client().call('exports.show', { params })
    const file = options.to ?? `${id}.zip`
    const { body } = await cli.client().bytes('exports.download', { params, timeoutMs })
    const hash = createHash('sha256')
    const hashed = async function* () {
      for await (const chunk of Readable.fromWeb(body)) {
        hash.update(chunk)
        yield chunk
      }
    }
    const part = `${file}.part`
    try {
      await pipeline(Readable.from(hashed()), createWriteStream(part, { mode: 0o600 }))
      if (hash.digest('hex') !== sha256) {
        cli.say('what arrived is not the archive that the router made')
        return exitCodes.unproven.code
      }
      await rename(part, file)
    } finally {
      await rm(part, { force: true })
    }
    cli.say(`${bytes} bytes in ${file}, SHA-256 ${sha256}`)
    return exitCodes.ok.code
  },
})
