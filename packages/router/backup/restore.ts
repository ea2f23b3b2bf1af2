// A backup becomes a database and a state folder again, which a router then starts on.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import pg from 'pg'
import { migrateTo } from '../store/migrate.ts'
import { copyFrom } from './copy.ts'
import { type Manifest, manifestName, manifestSchema } from './manifest.ts'
import { type Reach, reachDatabase } from './reach.ts'
import { copyStateParts, stateParts } from './state-parts.ts'
import { columnsText } from './tables.ts'

/**
 * All of it or nothing: what was there before is refused, and a restore that failed can be tried
 * again.
 * @throws StartError when the backup is damaged or too new, or something is there already
 */
export async function restoreBackup(to: Reach, from: string): Promise<Manifest> {
  const manifest = readManifest(from)
  await requireWhole(from, manifest)
  requireNewState(to.stateDir)
  makeFolder(to.stateDir, 0o700)
  const { client, close } = await reachDatabase(to, false)
  try {
    await requireEmpty(client)
    await migrateTo(client, manifest.migrations).catch((error) => {
      throw refused(`the backup does not fit this version: ${messageOf(error)}`)
    })
    await load(client, manifest, from)
  } finally {
    await close()
  }
  copyStateParts(from, to.stateDir)
  return manifest
}

function readManifest(from: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(from, manifestName), 'utf8')))
  } catch (error) {
    throw refused(`${from} is no whole backup that this version reads: ${messageOf(error)}`)
  }
}

async function requireWhole(from: string, { tables }: Manifest): Promise<void> {
  for (const { file, sha256 } of tables) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(join(from, file)), hash).catch((error) => {
      throw refused(`${file} of the backup cannot be read: ${messageOf(error)}`)
    })
    if (hash.digest('hex') !== sha256) throw refused(`${file} of the backup is damaged`)
  }
}

/** Keys that agents have pinned are not written over. */
function requireNewState(stateDir: string): void {
  for (const part of stateParts) {
    const path = join(stateDir, part)
    if (existsSync(path) && readdirSync(path).length > 0)
      throw refused(`${path} is there already: restore into a state folder of no router`)
  }
}

async function requireEmpty(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ used: boolean }>(`select to_regclass('public.projects') is not null as used`)
  const [found] = rows
  const filled = found?.used === true && (await client.query('select from projects limit 1')).rowCount !== 0
  const foreign =
    found?.used !== true &&
    (await client.query(`select from pg_tables where schemaname = 'public' and tablename <> 'migrations' limit 1`))
      .rowCount !== 0
  if (filled || foreign) throw refused('the database is in use: restore into an empty one')
}

async function load(client: pg.ClientBase, { tables, sequences }: Manifest, from: string): Promise<void> {
  const names = tables.map(({ name }) => pg.escapeIdentifier(name))
  await client.query('begin')
  try {
    // What migrations wrote is in the backup as well, as it was by then.
    await client.query(`truncate ${names.join(', ')}`)
    // Rows come as they are: nothing follows from them a second time.
    for (const name of names) await client.query(`alter table ${name} disable trigger user`)
    for (const table of tables) {
      const rows = createReadStream(join(from, table.file)).pipe(createGunzip())
      await copyFrom(client, `copy ${columnsText(table)} from stdin`, rows)
    }
    for (const name of names) await client.query(`alter table ${name} enable trigger user`)
    for (const { name, last } of sequences) {
      if (last !== undefined) await client.query('select setval($1::regclass, $2::bigint)', [`public.${name}`, last])
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

function refused(why: string): StartError {
  return new StartError(configExitCode, why)
}
