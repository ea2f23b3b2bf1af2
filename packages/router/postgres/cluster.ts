import { execFile } from 'node:child_process'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import type { Account } from './account.ts'
import type { Programs } from './programs.ts'

/**
 * The one role and database of the router. Whoever reaches the 0700 folder of the socket is
 * trusted.
 */
export const role = 'xerotier'

/** Nothing of ours leaks into the server: neither secrets of the environment nor a locale. */
export const postgresEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/**
 * Makes the cluster unless it is there: UTF-8, C locale, checksums, local trust only.
 * @throws when the one that is there belongs to another major version of Postgres.
 */
export async function ensureCluster(
  data: string,
  programs: Programs,
  account: Account | undefined,
): Promise<'made' | 'found'> {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version !== undefined) {
    if (version.trim() === programs.majorVersion) return 'found'
    throw new StartError(
      configExitCode,
      `the cluster in ${data} is of PostgreSQL ${version.trim()} and this router brings ${programs.majorVersion}; ` +
        'dump it with the old version and restore it, or start the router version that made it',
    )
  }
  // It is made under another name: one that was interrupted in its making is never taken for a
  // cluster.
  for (const name of await readdir(dirname(data))) {
    if (name.startsWith('data.new')) await rm(join(dirname(data), name), { recursive: true, force: true })
  }
  const fresh = `${data}.new`
  const args = ['--pgdata', fresh, '--username', role, '--encoding', 'UTF8', '--locale', 'C']
  args.push('--auth-local', 'trust', '--auth-host', 'reject', '--no-instructions')
  try {
    await promisify(execFile)(programs.initdb, args, { cwd: '/', env: postgresEnvironment, ...account })
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    throw new Error(`initdb failed: ${stderr?.trim() || messageOf(error)}`)
  }
  await rename(fresh, data)
  return 'made'
}
