// The output of one call on its way to the router: coalesced, bounded, and held back when the router does not keep up.
import { type ArtifactFrame, overflowName } from '@xerotier/protocol/frames/call/artifact.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { OutputStream } from '../tool.ts'

/** Output that arrives within this goes out in one frame a stream; the order of the two streams within it is lost. */
export const coalesceMs = 20
/** Unacknowledged bytes of one call above which its pipes are not read. */
const windowBytes = 1024 * 1024

export interface OutputOptions {
  call: CallRef
  clock: Clock
  send(frame: OutputFrame | ArtifactFrame): void
  /** Bytes sent for this call and not acknowledged. */
  unacknowledgedBytes(): number
}

export interface Output {
  /** Returns false when the writer should wait for `writable`. What is written all the same is kept. */
  write(stream: OutputStream, data: Uint8Array): boolean
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
  let kept = 0
  let inline = 0
  let seq = 0
  let truncated = false
  let timer: Timer | undefined

  function sendPiece(stream: OutputStream, data: Uint8Array): void {
    // Never a SharedArrayBuffer: pipes and encoders make plain ones.
    const frame = { ...call, seq: seq++, at: clock.now(), data: data as Uint8Array<ArrayBuffer> }
    // A piece is inline or not as a whole: the artifact begins where the record's output ends.
    if (inline + data.length <= limits.outputInlineBytes) {
      inline += data.length
      send({ t: 'output', stream, ...frame })
    } else {
      inline = limits.outputInlineBytes
      send({ t: 'artifact', name: overflowName(stream), ...frame })
    }
  }

  function flush(stream: OutputStream): void {
    if (waitingBytes[stream] === 0) return
    const whole = waiting[stream].length === 1 ? waiting[stream][0]! : Buffer.concat(waiting[stream])
    waiting[stream] = []
    waitingBytes[stream] = 0
    for (let from = 0; from < whole.length; ) {
      const room = limits.outputInlineBytes - inline
      // Cut at the inline limit, so that the record holds all that it may.
      const size = Math.min(limits.outputFrameBytes, room > 0 ? room : limits.outputFrameBytes)
      const piece = whole.subarray(from, from + size)
      from += piece.length
      sendPiece(stream, piece)
    }
  }

  function flushAll(): void {
    timer?.cancel()
    timer = undefined
    flush('stdout')
    flush('stderr')
  }

  const isOpen = () => options.unacknowledgedBytes() + waitingBytes.stdout + waitingBytes.stderr < windowBytes

  return {
    write(stream, data) {
      written[stream] += data.length
      const room = limits.outputTotalBytes - kept
      if (data.length > room) truncated = true
      const taken = data.length > room ? data.subarray(0, room) : data
      if (taken.length > 0) {
        kept += taken.length
        waiting[stream].push(taken)
        waitingBytes[stream] += taken.length
        if (waitingBytes[stream] >= limits.outputFrameBytes) flush(stream)
        else timer ??= clock.after(coalesceMs, flushAll)
      }
      return isOpen()
    },
    isOpen,
    end() {
      flushAll()
      return { stdout_bytes: written.stdout, stderr_bytes: written.stderr, truncated }
    },
    markTruncated() {
      truncated = true
    },
  }
}
