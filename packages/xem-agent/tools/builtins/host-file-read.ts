import { closeSync, readSync } from 'node:fs'
import type { Answer, Invocation } from '../../tool.ts'
import { isBelow, isOfProcess, isPublic, type OpenFile, openForReading, realOrSame } from './open-file.ts'

/**
 * Part of a file that every user of the machine may read, as output.
 * @param ownPaths files and folders of the agent itself: never, whatever their modes
 */
export const fileRead = (ownPaths: readonly string[]) => {
  const flawOf = (file: OpenFile) => {
    if (!isPublic(file)) return 'it is not readable by every user'
    if (isOfProcess(file)) return 'it is about a process, whose arguments may hold secrets'
    const isOwn = ownPaths.some((path) => isBelow(file.realPath, realOrSame(path)))
    return isOwn ? 'it belongs to the agent' : undefined
  }
  return ({ args, write }: Invocation<{ path: string; offset: number; max_bytes: number }>): Answer => {
    const { path, offset, max_bytes } = args
    const file = openForReading(path, flawOf)
    try {
      const buffer = Buffer.alloc(max_bytes)
      let bytes = 0
      // Files of /proc give a page at a time.
      for (let got = -1; got !== 0 && bytes < max_bytes; bytes += got) {
        got = readSync(file.fd, buffer, bytes, max_bytes - bytes, offset + bytes)
      }
      write('stdout', buffer.toString('utf8', 0, bytes))
      return { result: { path: file.realPath, size: file.stats.size, offset, bytes } }
    } finally {
      closeSync(file.fd)
    }
  }
}
