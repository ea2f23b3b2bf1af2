// Postgres refuses to run as root, so a router that is root runs it as somebody else.
import { execFileSync } from 'node:child_process'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'

/** Fits into the options of `spawn`. */
export interface Account {
  uid: number
  gid: number
}

function lookUp(name: string): Account | undefined {
  try {
    // `id` asks the system's own directory (files, LDAP, …), which Node has no call for.
    const ask = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }))
    return { uid: ask('-u'), gid: ask('-g') }
  } catch {
    return undefined
  }
}

/**
 * Whom Postgres runs as. `undefined` is ourselves; for root it is the user `postgres`, else
 * `nobody`.
 * @throws when there is neither
 */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const account = lookUp('postgres') ?? lookUp('nobody')
  if (!account || account.uid === 0) {
    throw new StartError(
      configExitCode,
      'Postgres does not run as root, and there is neither a user postgres nor nobody; add one, or set XEROTIER_DATABASE_URL',
    )
  }
  return account
}
