// One router a cluster. The kernel drops the lock when its holder dies, however it dies. A file
// with a pid would not do that, and pids mean nothing across containers that share a volume. Node
// has no flock(2), but its SQLite locks files with fcntl(2).
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from '@xerotier/runtime/start-error.ts'

/** In every folder that was ever locked. */
export const lockFile = 'router.lock'

export interface FolderLock {
  release(): void
}

/** A database that nobody refers to is collected as garbage, which closes it and drops its lock. */
const held = new Set<DatabaseSync>()

/** @throws when a live process holds the folder; the message names it. */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, lockFile)
  const holderPath = join(folder, 'router.pid')
  // SQLite would let others read the file, and readers can hold a lock.
  closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch {
    database.close()
    throw new StartError(1, `another process (pid ${readPid(holderPath)}) uses ${folder}; stop it first`)
  }
  writeFileSync(holderPath, `${process.pid}\n`, { mode: 0o600 })
  held.add(database)
  return {
    release() {
      held.delete(database)
      database.close()
    },
  }
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
