// The last checkpoint of each log, beside the database: who rolls the database back, or cuts the
// end of a log off, has this to change as well.
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'

export interface Heads {
  /** The note that was kept last; undefined when there is none. */
  read(projectId: string): string | undefined
  /** The newest counts: of several that come while one is written, the last is written next. */
  keep(projectId: string, note: string): void
  /** Resolves when nothing is being written. */
  settled(): Promise<void>
}

/** @param onError what could not be kept is kept with the next */
export function headsIn(stateDir: string, onError: (error: unknown) => void): Heads {
  const folder = join(stateDir, 'audit')
  makeFolder(folder, 0o700)
  const waiting = new Map<string, string>()
  let writing: Promise<void> | undefined

  const writeAll = async () => {
    for (const [projectId, note] of waiting) {
      waiting.delete(projectId)
      const path = join(folder, `${projectId}.checkpoint`)
      // Not synced: one that is older than the log is one that the log begins with.
      await writeFile(`${path}.tmp`, note, { mode: 0o600 })
        .then(() => rename(`${path}.tmp`, path))
        .catch(onError)
    }
    writing = undefined
  }

  return {
    read(projectId) {
      try {
        return waiting.get(projectId) ?? readFileSync(join(folder, `${projectId}.checkpoint`), 'utf8')
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }
    },
    keep(projectId, note) {
      waiting.set(projectId, note)
      writing ??= writeAll()
    },
    async settled() {
      while (writing !== undefined) await writing
    },
  }
}
