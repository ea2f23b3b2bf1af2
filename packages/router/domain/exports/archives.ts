// Archives are files of the state folder: written beside their name, and there under it only whole.
import { createReadStream, readdirSync, rmSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'

export interface Archives {
  /** @throws when the disk is full, with what Node says */
  write(id: string, make: (write: (bytes: Buffer) => Promise<unknown>) => Promise<void>): Promise<void>
  read(id: string): AsyncIterable<Buffer>
  /** Ids of what is there, whole or not. */
  list(): string[]
  remove(id: string): void
}

export function archivesIn(stateDir: string): Archives {
  const folder = join(stateDir, 'exports')
  makeFolder(folder, 0o700)
  const pathOf = (id: string) => join(folder, `${id}.zip`)
  const remove = (id: string) => {
    rmSync(pathOf(id), { force: true })
    rmSync(`${pathOf(id)}.part`, { force: true })
  }
  return {
    async write(id, make) {
      let file: FileHandle | undefined
      try {
        const opened = await open(`${pathOf(id)}.part`, 'w', 0o600)
        file = opened
        await make((bytes) => opened.writeFile(bytes))
        await opened.sync()
        await opened.close()
        file = undefined
        await rename(`${pathOf(id)}.part`, pathOf(id))
      } catch (error) {
        await file?.close().catch(() => {})
        remove(id)
        throw error
      }
    },
    read: (id) => createReadStream(pathOf(id)),
    list: () => [...new Set(readdirSync(folder).flatMap((name) => /^(.+)\.zip(?:\.part)?$/.exec(name)?.[1] ?? []))],
    remove,
  }
}
