// A backup: what a router cannot make again, its database and its keys, in one folder. By COPY and
// not by pg_dump, which must be as new as the server, and of which the router's own has none.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import type pg from 'pg'
import { copyTo } from './copy.ts'
import { backupForm, type Manifest, manifestName } from './manifest.ts'
import { type Reach, reachDatabase } from './reach.ts'
import { copyStateParts } from './state-parts.ts'
import { type CopiedTable, columnsText, sequencesOf, tablesOf } from './tables.ts'

const pieceBytes = 1024 * 1024

/**
 * Makes one while the router works, or while it does not.
 * @param to a folder that is not there yet
 * @throws StartError when it cannot be made
 */
export async function makeBackup(from: Reach, to: string, version: string): Promise<Manifest> {
  if (existsSync(to)) throw new StartError(configExitCode, `${to} is there already: a backup has a folder of its own`)
  const { client, close } = await reachDatabase(from)
  try {
    await requireOurs(client)
    makeFolder(join(to, 'tables'), 0o700)
    // Checkpoints before the snapshot of the database: they must not be newer than it.
    copyStateParts(from.stateDir, to)
    await client.query('begin isolation level repeatable read read only')
    const { rows: migrations } = await client.query<Manifest['migrations'][number]>(
      'select name, digest from migrations order by name',
    )
    const tables: Manifest['tables'] = []
    for (const table of await tablesOf(client)) tables.push(await copyTable(client, table, to))
    const sequences = await sequencesOf(client)
    await client.query('commit')
    const made_at = new Date(from.clock.now()).toISOString()
    const manifest = { form: backupForm, version, made_at, migrations, tables, sequences } satisfies Manifest
    // Last: without it nothing is a backup.
    writeSecretFile(join(to, manifestName), `${JSON.stringify(manifest, null, 2)}\n`)
    return manifest
  } finally {
    await close()
  }
}

async function requireOurs(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ ours: boolean }>(`select to_regclass('public.migrations') is not null as ours`)
  if (rows[0]?.ours !== true)
    throw new StartError(configExitCode, 'the database is of no router: there is nothing in it')
}

async function copyTable(client: pg.ClientBase, table: CopiedTable, to: string): Promise<Manifest['tables'][number]> {
  const file = join('tables', `${table.name}.copy.gz`)
  const fd = openSync(join(to, file), 'wx', 0o600)
  const hash = createHash('sha256')
  let waiting: Buffer[] = []
  let [bytes, rows] = [0, 0]
  const flush = () => {
    // Members of gzip one after the other are gzip.
    const packed = gzipSync(Buffer.concat(waiting))
    hash.update(packed)
    // Not writeSync: at a full disk it writes a part and does not fail.
    writeFileSync(fd, packed)
    waiting = []
    bytes = 0
  }
  try {
    await copyTo(client, `copy ${columnsText(table)} to stdout`, (piece) => {
      rows++
      // It lies in the memory of pg's parser, which goes on with it.
      waiting.push(Buffer.from(piece))
      bytes += piece.length
      if (bytes >= pieceBytes) flush()
    })
    flush()
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return { ...table, file, rows, sha256: hash.digest('hex') }
}
