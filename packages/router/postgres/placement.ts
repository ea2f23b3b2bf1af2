// Where a cluster lives. One of our own account is beside the rest of the state. One of another
// account (root's router) is in the system's state folder, because the state folder is 0700.
// `<stateDir>/postgres` is then a symlink, and it alone says which cluster it is.

import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, lstat, readdir, readlink, realpath, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import type { Account } from './account.ts'

export interface Placement {
  /** Ours; holds the lock and, below it or in it, what is the account's. */
  root: string
  /** 0700 and the account's: a router that is root never writes in it. */
  home: string
  data: string
  socketDir: string
  /** Where copies of the programs go. */
  programs: string
  /** Clusters of earlier state folders at the same path: for an operator to delete. */
  leftBehind: string[]
}

/**
 * `sun_path` holds 108 bytes with its final NUL, and 104 on Darwin. The file is `.s.PGSQL.5432`;
 * its lock has 5 more.
 */
const longestSocketDir = 104 - 1 - '/.s.PGSQL.5432'.length

export interface PlacementOptions {
  stateDir: string
  account: Account | undefined
  /** The system's state folder, for an account that is not ours. */
  systemDir: string
}

export async function placeCluster(options: PlacementOptions): Promise<Placement> {
  const { account } = options
  makeFolder(options.stateDir, 0o700)
  const stateDir = await realpath(options.stateDir)
  if (!account) {
    const root = join(stateDir, 'postgres')
    makeFolder(root, 0o700)
    await chmod(root, 0o700)
    return {
      root,
      home: root,
      data: join(root, 'data'),
      socketDir: await socketDirFor(root),
      programs: root,
      leftBehind: [],
    }
  }
  const prefix = createHash('sha256').update(stateDir).digest('hex').slice(0, 12)
  await makeReachable(options.systemDir)
  const link = join(stateDir, 'postgres')
  const linked = await readlink(link).catch(() => undefined)
  if (linked === undefined && (await lstat(link).catch(() => undefined))) {
    // Made by another user's router: root's Postgres account could not enter the state folder.
    throw new StartError(
      configExitCode,
      `${link} is a folder of a router that did not run as root; start it as that user, or move it away`,
    )
  }
  const root = linked ?? join(options.systemDir, `${prefix}-${randomBytes(4).toString('hex')}`)
  const home = join(root, 'server')
  makeFolder(root)
  await chmod(root, 0o711)
  makeFolder(home, 0o700)
  await chown(home, account.uid, account.gid)
  if (linked === undefined) await symlink(root, link)
  const siblings = linked === undefined ? await readdir(options.systemDir) : []
  return {
    root,
    home,
    data: join(home, 'data'),
    socketDir: home,
    programs: options.systemDir,
    leftBehind: siblings
      .filter((name) => name.startsWith(`${prefix}-`))
      .map((name) => join(options.systemDir, name))
      .filter((path) => path !== root),
  }
}

/** Makes the folder and what is missing above it. Any user may pass, whatever our umask says. */
async function makeReachable(folder: string): Promise<void> {
  const first = makeFolder(folder)
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await chmod(made, 0o755)
}

/** The root itself. A short 0700 folder of ours when the root's path is too long for a socket. */
async function socketDirFor(root: string): Promise<string> {
  if (Buffer.byteLength(root) <= longestSocketDir) return root
  const uid = process.getuid?.() ?? 0
  const name = `xerotier-${uid}-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`
  const short = join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), name)
  makeFolder(short, 0o700)
  const found = await stat(short)
  // In a shared temporary folder anybody may have made it first.
  if (found.uid !== uid || (found.mode & 0o077) !== 0 || (await lstat(short)).isSymbolicLink()) {
    throw new StartError(
      configExitCode,
      `${short} is not a private folder of this user, so Postgres will not put its socket there`,
    )
  }
  return short
}
