// A stream of bytes as lines, each byte looked at once and copied a bounded number of times.

export interface LineReader {
  /** @returns the lines that this chunk ended. @throws TooLong */
  read(chunk: Buffer): string[]
}

/** A line passed the limit; the reader takes nothing more. */
export class LineTooLong extends Error {}

const newline = 0x0a
const firstBytes = 64 * 1024

export function createLineReader(lineBytesMax: number): LineReader {
  /** The line that has begun; it doubles when it is full. */
  let begun = Buffer.alloc(0)
  let length = 0

  function keep(piece: Buffer): void {
    const needed = length + piece.length
    if (needed > lineBytesMax) throw new LineTooLong(`a line of more than ${lineBytesMax} bytes`)
    if (needed > begun.length) {
      const larger = Buffer.allocUnsafe(Math.max(firstBytes, 2 * begun.length, needed))
      begun.copy(larger, 0, 0, length)
      begun = larger
    }
    piece.copy(begun, length)
    length = needed
  }

  return {
    read(chunk) {
      const lines: string[] = []
      let from = 0
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
        keep(chunk.subarray(from, end))
        lines.push(begun.toString('utf8', 0, length))
        length = 0
        from = end + 1
      }
      // One that was long must not hold its room for ever.
      if (length === 0 && begun.length > firstBytes) begun = Buffer.alloc(0)
      keep(chunk.subarray(from))
      return lines
    },
  }
}
