// The end of an output that is larger than its limit: what was written last says how it ended.
import type { OutputStream } from '../tool.ts'

export interface OutputTail {
  push(stream: OutputStream, data: Uint8Array): void
  isEmpty(): boolean
  /**
   * What was kept, in the order of writing, and before the first piece of a stream how much of it
   * was left out.
   */
  take(): { stream: OutputStream; data: Uint8Array }[]
  /** Whether something was left out. */
  isCut(): boolean
}

const smallBytes = 4096

/** @param most bytes that are kept, both streams together */
export function createOutputTail(most: number): OutputTail {
  let pieces: { stream: OutputStream; data: Uint8Array }[] = []
  let bytes = 0
  const leftOut: Record<OutputStream, number> = { stdout: 0, stderr: 0 }

  /** From the front until the rest fits. What remains begins with a whole character. */
  function shorten(): void {
    let first = 0
    for (const piece of pieces) {
      const over = bytes - most
      if (over <= 0) break
      const gone = over >= piece.data.length ? piece.data.length : characterStart(piece.data, over)
      piece.data = piece.data.subarray(gone)
      leftOut[piece.stream] += gone
      bytes -= gone
      if (piece.data.length === 0) first++
    }
    pieces = pieces.slice(first)
  }

  return {
    push(stream, data) {
      const last = pieces.at(-1)
      // Single letters would each cost an object.
      if (last?.stream === stream && last.data.length < smallBytes) last.data = Buffer.concat([last.data, data])
      else pieces.push({ stream, data })
      bytes += data.length
      // Not at each write: moving many small pieces for every one that comes takes the square of
      // their number.
      if (bytes > 2 * most) shorten()
    },
    isEmpty: () => pieces.length === 0,
    isCut: () => leftOut.stdout + leftOut.stderr > 0,
    take() {
      shorten()
      const marked = (['stdout', 'stderr'] as const).flatMap((stream) => {
        const data = Buffer.from(`\n[${leftOut[stream]} bytes of ${stream} are left out here]\n`)
        return leftOut[stream] > 0 ? [{ stream, data }] : []
      })
      return [...marked, ...pieces]
    },
  }
}

/**
 * The first place from `from` on where a character of UTF-8 begins; `from` when there is none near.
 */
function characterStart(data: Uint8Array, from: number): number {
  for (let at = from; at < Math.min(from + 4, data.length); at++) if (isStart(data[at])) return at
  return from
}

/**
 * The last place up to `end` where a character of UTF-8 begins or ends; `end` when there is none
 * near.
 */
export function characterEnd(data: Uint8Array, end: number): number {
  for (let at = end; at > Math.max(end - 4, 0); at--) if (isStart(data[at])) return at
  return end
}

function isStart(byte: number | undefined): boolean {
  return byte === undefined || (byte & 0xc0) !== 0x80
}
