// The output of one call on its way to the router: coalesced, bounded, and held back when the
// router does not keep up.
import { type ArtifactFrame, overflowName } from '@xerotier/protocol/frames/call/artifact.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Artifact, OutputStream } from '../tool.ts'
import { createArtifactNames } from './artifact-names.ts'
import { characterEnd, createOutputTail } from './output-tail.ts'

/**
 * Output that arrives within this goes out in one frame a stream; the order of the two streams
 * within it is lost.
 */
export const coalesceMs = 20
/** Unacknowledged bytes of one call above which its pipes are not read. */
const windowBytes = 1024 * 1024
/** Of what is kept at all, this much is for the end. */
const tailBytes = 1024 * 1024

/**
 * Each piece counts as a KiB: one that prints a line a second all day must come to its end with
 * less than all of them.
 */
const patience = [
  { pieces: 4096, ms: coalesceMs },
  { pieces: 8192, ms: 1000 },
  { pieces: Number.POSITIVE_INFINITY, ms: 15_000 },
]

export interface OutputOptions {
  call: CallRef
  clock: Clock
  send(frame: OutputFrame | ArtifactFrame): void
  /** Bytes sent for this call and not acknowledged. */
  unacknowledgedBytes(): number
}

export interface Output {
  /**
   * Returns false when the writer should wait for `writable`. What is written all the same is kept.
   */
  write(stream: OutputStream, data: Uint8Array): boolean
  /**
   * At least a byte.
   * @returns the name under which it is kept; undefined when there is no room for the whole of it,
   * and it is not
   */
  artifact(artifact: Artifact): string | undefined
  /** Whether the window is open. */
  isOpen(): boolean
  /** Sends what is left. Nothing may be written afterwards. */
  end(): { stdout_bytes: number; stderr_bytes: number; truncated: boolean }
  /** Marks the output as cut by something other than its limit. */
  markTruncated(): void
}

export function createOutput(options: OutputOptions): Output {
  const { call, clock, send } = options
  const waiting: Record<OutputStream, Uint8Array[]> = { stdout: [], stderr: [] }
  const waitingBytes: Record<OutputStream, number> = { stdout: 0, stderr: 0 }
  const written: Record<OutputStream, number> = { stdout: 0, stderr: 0 }
  const names = createArtifactNames()
  const tail = createOutputTail(tailBytes - 4 * limits.outputFrameBytes)
  /** As the router counts it. */
  let spent = 0
  let inline = 0
  let seq = 0
  let truncated = false
  let timer: Timer | undefined

  function sendPiece(data: Uint8Array, place: { stream: OutputStream } | { name: string; media_type: string }): void {
    spent += Math.max(data.length, limits.outputPieceLeastBytes)
    // Never a SharedArrayBuffer: pipes and encoders make plain ones.
    const frame = { ...call, seq: seq++, at: clock.now(), data: data as Uint8Array<ArrayBuffer> }
    if ('name' in place) return send({ t: 'artifact', ...place, ...frame })
    const { stream } = place
    // A piece is inline or not as a whole: the artifact begins where the record's output ends.
    if (inline + data.length <= limits.outputInlineBytes) {
      inline += data.length
      send({ t: 'output', stream, ...frame })
    } else {
      inline = limits.outputInlineBytes
      send({ t: 'artifact', name: overflowName(stream), media_type: 'text/plain', ...frame })
    }
  }

  function flush(stream: OutputStream): void {
    if (waitingBytes[stream] === 0) return
    const [first] = waiting[stream]
    const whole = waiting[stream].length === 1 && first !== undefined ? first : Buffer.concat(waiting[stream])
    waiting[stream] = []
    waitingBytes[stream] = 0
    for (let from = 0; from < whole.length; ) {
      const room = limits.outputInlineBytes - inline
      // Cut at the inline limit, so that the record holds all that it may.
      const size = Math.min(limits.outputFrameBytes, room > 0 ? room : limits.outputFrameBytes)
      const piece = whole.subarray(from, from + size)
      from += piece.length
      sendPiece(piece, { stream })
    }
  }

  function flushAll(): void {
    timer?.cancel()
    timer = undefined
    flush('stdout')
    flush('stderr')
  }

  /** Bytes that may still be taken before the tail begins. */
  const room = () =>
    tail.isEmpty() ? limits.outputTotalBytes - tailBytes - spent - waitingBytes.stdout - waitingBytes.stderr : 0

  function take(stream: OutputStream, data: Uint8Array): void {
    if (data.length === 0) return
    waiting[stream].push(data)
    waitingBytes[stream] += data.length
    if (waitingBytes[stream] >= limits.outputFrameBytes) flush(stream)
    else timer ??= clock.after(patience.find(({ pieces }) => seq < pieces)?.ms ?? coalesceMs, flushAll)
  }

  const isOpen = () => options.unacknowledgedBytes() + waitingBytes.stdout + waitingBytes.stderr < windowBytes

  return {
    write(stream, data) {
      written[stream] += data.length
      const fits = Math.max(0, room())
      const head = data.length > fits ? characterEnd(data, fits) : data.length
      take(stream, data.subarray(0, head))
      if (head < data.length) tail.push(stream, data.subarray(head))
      return isOpen()
    },
    artifact({ name, mediaType, data }) {
      const pieces = Math.ceil(data.length / limits.outputFrameBytes)
      if (data.length + pieces * limits.outputPieceLeastBytes > room()) {
        truncated = true
        return undefined
      }
      flushAll()
      const own = { name: names.unused(name), media_type: mediaType }
      for (let from = 0; from < data.length; from += limits.outputFrameBytes)
        sendPiece(data.subarray(from, from + limits.outputFrameBytes), own)
      return own.name
    },
    isOpen,
    end() {
      flushAll()
      for (const { stream, data } of tail.take()) take(stream, data)
      flushAll()
      return { stdout_bytes: written.stdout, stderr_bytes: written.stderr, truncated: truncated || tail.isCut() }
    },
    markTruncated() {
      truncated = true
    },
  }
}
