// Each call has an empty folder of its own. They stand in one folder of this agent, so that those
// of a process that was killed are found and removed.
import { mkdirSync, rmSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '@xerotier/protocol/thrown.ts'

export interface CallFolders {
  /** @throws when the disk takes none */
  make(): Promise<string>
  remove(folder: string): Promise<void>
}

/** Names this agent, and no other on the host. */
export function callsFolder(tmpDir: string, journalId: string): string {
  return join(tmpDir, `xem-calls-${journalId.slice(0, 16)}`)
}

/** What an earlier process left. Before any call, and after its programs were ended. */
export function clearCallFolders(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    mkdirSync(folder, { mode: 0o700 })
  } catch {
    // The first call says what is wrong with it.
  }
}

export function createCallFolders(folder: string): CallFolders {
  return {
    async make() {
      try {
        return await mkdtemp(join(folder, 'call-'))
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error
        // Old folders in /tmp are removed by the host.
        await makeOwn(folder)
        return await mkdtemp(join(folder, 'call-'))
      }
    },
    remove: (one) => rm(one, { recursive: true, force: true, maxRetries: 3 }).catch(() => {}),
  }
}

/** Two calls may want it at the same time. Somebody else's is none. */
async function makeOwn(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const found = await lstat(folder)
    if (!found.isDirectory() || found.uid !== process.getuid?.()) throw error
  }
}
