import { createWriteStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { tilePath, tilesOfLevel, tileWidth } from '@xerotier/runtime/tlog/tiles.ts'
import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { required, text } from '../../options.ts'
import { linesOf, readTile } from './live-log.ts'

export const auditExport = command({
  name: 'export',
  summary: 'Copy the sealed log to a folder that anybody can verify without the router',
  options: { to: required(text('A new or empty folder', { placeholder: 'folder' })) },
  notes: 'The folder is a log by C2SP tlog-tiles, with the entries as one file of lines.',
  examples: ['xeroctl audit export --to audit-2026-05'],
  async run({ cli, options: { to: folder } }) {
    const client = cli.client()
    const log = await client.call('audit.log')
    if (log.checkpoint === null)
      throw new UsageError('nothing is sealed yet', 'Records are sealed within seconds: try again.')
    await newFolder(folder)
    const { checkpoint, verifier_key, first_index: from, size: to, cosignatures } = log
    for (let level = 0; tileWidth ** level <= to; level++) {
      for (const place of tilesOfLevel(level, to)) {
        const hashes = await readTile(client, place)
        // Those that retention has removed are not there.
        if (hashes !== undefined) await writeInto(folder, tilePath(place), hashes)
      }
    }
    const lines = async function* () {
      if (from < to) for await (const line of linesOf(client, from, to)) yield `${line}\n`
    }
    await pipeline(Readable.from(lines()), createWriteStream(join(folder, 'entries.ndjson'), { mode: 0o600 }))
    await writeInto(folder, 'checkpoint', checkpoint)
    await writeInto(folder, 'log.json', `${JSON.stringify({ verifier_key, from, to, cosignatures }, null, 2)}\n`)
    cli.say(`${to - from} records in ${folder}. To verify: xeroctl audit verify --from ${folder}`)
  },
})

/** @throws UsageError when something is in it */
async function newFolder(folder: string): Promise<void> {
  makeFolder(folder, 0o700)
  if ((await readdir(folder)).length > 0) throw new UsageError(`--to ${folder} is not empty`)
}

async function writeInto(folder: string, path: string, content: string | Buffer): Promise<void> {
  const target = join(folder, path)
  makeFolder(dirname(target), 0o700)
  await writeFile(target, content, { mode: 0o600 })
}
