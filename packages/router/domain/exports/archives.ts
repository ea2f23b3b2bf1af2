// Archives are files of the state folder: written beside their name, and there under it only whole.
import { createReadStream, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'

export interface ArchiveWriter {
  /** Behind what is there. @throws when the disk is full, with what Node says */
  put(bytes: Buffer): Promise<unknown>
  /** Resolves when what was put is on the disk. */
  sync(): Promise<unknown>
}

export interface Archives {
  /** The first bytes of one that a process left; nothing when there are fewer. */
  begun(id: string, length: number): AsyncIterable<Buffer>
  /**
   * Goes on behind its first bytes, and gives it its name once it is made. What throws leaves it
   * as it is.
   */
  write(id: string, length: number, make: (to: ArchiveWriter) => Promise<void>): Promise<void>
  read(id: string): AsyncIterable<Buffer>
  /** Ids of what is there, whole or not. */
  list(): string[]
  remove(id: string): void
}

export function archivesIn(stateDir: string): Archives {
  const folder = join(stateDir, 'exports')
  makeFolder(folder, 0o700)
  const pathOf = (id: string) => join(folder, `${id}.zip`)
  const partOf = (id: string) => `${pathOf(id)}.part`
  const hasBegun = (id: string, length: number) => {
    // Made, but not on record: its process died between the two.
    if (!existsSync(partOf(id)) && existsSync(pathOf(id))) renameSync(pathOf(id), partOf(id))
    return (statSync(partOf(id), { throwIfNoEntry: false })?.size ?? 0) >= length
  }
  return {
    async *begun(id, length) {
      if (length > 0 && hasBegun(id, length)) yield* createReadStream(partOf(id), { end: length - 1 })
    },
    async write(id, length, make) {
      let file: FileHandle | undefined
      try {
        const opened = await open(partOf(id), length > 0 ? 'r+' : 'w', 0o600)
        file = opened
        await opened.truncate(length)
        let at = length
        await make({
          async put(bytes) {
            for (let done = 0; done < bytes.length; ) {
              const { bytesWritten } = await opened.write(bytes, done, bytes.length - done, at)
              done += bytesWritten
              at += bytesWritten
            }
          },
          sync: () => opened.datasync(),
        })
        await opened.sync()
        await opened.close()
        file = undefined
        await rename(partOf(id), pathOf(id))
      } catch (error) {
        await file?.close().catch(() => {})
        throw error
      }
    },
    read: (id) => createReadStream(pathOf(id)),
    list: () => [...new Set(readdirSync(folder).flatMap((name) => /^(.+)\.zip(?:\.part)?$/.exec(name)?.[1] ?? []))],
    remove(id) {
      rmSync(pathOf(id), { force: true })
      rmSync(partOf(id), { force: true })
    },
  }
}
