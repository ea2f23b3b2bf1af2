// A zip as it is written, from its first byte to its last: entries of any length, whose sizes come
// behind them. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.4
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ArchivedFile } from '../../store/audit-tables.ts'

export interface Zip {
  /** What stands in it, in order. */
  readonly files: readonly ArchivedFile[]
  add(name: string, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>
  /** Writes the directory. */
  end(): Promise<void>
}

const version = 20
/** Sizes follow the data; names are UTF-8. */
const flags = 0x0808
const deflated = 8
/** 1980-01-01: the same content makes the same archive. */
const date = 0x0021
/** A regular file, 0600, made on Unix. */
const unixFile = 0o100600 * 0x10000

/**
 * @param begun what of it is written
 * @throws ExportTooLarge when it becomes larger than `exportBytes`
 */
export function createZip(
  write: (bytes: Buffer) => Promise<unknown>,
  begun: { length: number; files: readonly ArchivedFile[] },
): Zip {
  const files = [...begun.files]
  let offset = begun.length
  const put = async (bytes: Buffer) => {
    offset += bytes.length
    if (offset > limits.exportBytes) throw new ExportTooLarge()
    await write(bytes)
  }

  return {
    files,
    async add(name, content) {
      const at = offset
      const path = Buffer.from(name)
      await put(
        Buffer.concat([headerOf(0x04034b50, [version, flags, deflated, 0, date], [0, 0, 0], [path.length, 0]), path]),
      )
      const hash = createHash('sha256')
      let [crc, bytes, compressed] = [0, 0, 0]
      const counted = async function* () {
        for await (const chunk of content) {
          crc = crc32(chunk, crc)
          bytes += chunk.length
          if (bytes > limits.exportBytes) throw new ExportTooLarge()
          hash.update(chunk)
          yield chunk
        }
      }
      const source = Readable.from(counted())
      const deflate = createDeflateRaw()
      source.once('error', (error) => deflate.destroy(error))
      for await (const chunk of source.pipe(deflate)) {
        compressed += chunk.length
        await put(chunk)
      }
      await put(headerOf(0x08074b50, [], [crc, compressed, bytes], []))
      files.push({ name, bytes, sha256: hash.digest('hex'), crc, compressed, at })
    },
    async end() {
      const at = offset
      const all = Buffer.concat(files.flatMap(directoryOf))
      await put(all)
      const count = files.length
      await put(headerOf(0x06054b50, [0, 0, count, count], [all.length, at], [0]))
    },
  }
}

/** How the directory names a file. */
function directoryOf({ name, crc, compressed, bytes, at }: ArchivedFile): Buffer[] {
  const path = Buffer.from(name)
  const words = [0x0300 | version, version, flags, deflated, 0, date]
  return [headerOf(0x02014b50, words, [crc, compressed, bytes], [path.length, 0, 0, 0, 0]), uint32(unixFile, at), path]
}

export class ExportTooLarge extends Error {}

/** Words, long words and words behind a signature. */
function headerOf(signature: number, words: number[], long: number[], behind: number[]): Buffer {
  return Buffer.concat([uint32(signature), uint16(...words), uint32(...long), uint16(...behind)])
}

function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, 2 * at)
  return bytes
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, 4 * at)
  return bytes
}
