import { closeSync, readSync } from 'node:fs'
import type { Answer, Invocation } from '../../tool.ts'
import { isPublic, openForReading } from './open-file.ts'

/** Part of a file that every user of the machine may read, as output. */
export function fileRead({ args, write }: Invocation): Answer {
  const { path, offset, max_bytes } = args as { path: string; offset: number; max_bytes: number }
  const file = openForReading(path, (one) => (isPublic(one) ? undefined : 'it is not readable by every user'))
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
