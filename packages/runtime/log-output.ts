// Lines to a file, a pipe or a terminal that may be full, stuck or gone. Writing never blocks and
// never fails: a line for which there is no room is dropped and counted.
import { fstatSync, write, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { limits } from '@xerotier/protocol/limits.ts'

export interface LogOutput {
  write(line: string): void
  /** Writes what waits as far as it goes at once: for the end of the process. */
  flush(): void
}

export interface LogOutputOptions {
  /** Says that lines were dropped. Called when the output takes lines again. */
  onRecovery(dropped: number): void
  waitingBytesMax?: number
  retryMs?: number
}

/** Lines of this process that were dropped so far. */
export function linesDropped(): number {
  return droppedByAll
}
let droppedByAll = 0

/** Lines wait for company this long, ms, or until there are so many bytes of them. */
const gatherMs = 100
const gatherBytes = 8 * 1024

export function openLogOutput(fd: number, options: LogOutputOptions): LogOutput {
  const { onRecovery, waitingBytesMax = limits.logWaitingBytes, retryMs = 1_000 } = options
  let lines: string[] = []
  let waitingBytes = 0
  /** Since lines were last taken. */
  let dropped = 0
  let writing = false
  let timer: NodeJS.Timeout | undefined
  const put = writerTo(fd)

  const drop = (count: number) => {
    dropped += count
    droppedByAll += count
  }
  const schedule = (ms: number) => {
    timer ??= setTimeout(send, ms)
    timer.unref()
  }
  const take = () => {
    const taken = { count: lines.length, chunk: Buffer.from(lines.join('')) }
    lines = []
    waitingBytes = 0
    return taken
  }
  function send(): void {
    clearTimeout(timer)
    timer = undefined
    if (writing || lines.length === 0) return
    writing = true
    const { count, chunk } = take()
    put(chunk, (error) => {
      writing = false
      if (error !== null) {
        drop(count)
        return schedule(retryMs)
      }
      if (dropped > 0) {
        const lost = dropped
        dropped = 0
        onRecovery(lost)
      }
      if (lines.length > 0) schedule(waitingBytes >= gatherBytes ? 0 : gatherMs)
    })
  }

  return {
    write(line) {
      if (waitingBytes + line.length > waitingBytesMax) return drop(1)
      lines.push(line)
      waitingBytes += line.length
      if (writing) return
      if (waitingBytes >= gatherBytes && dropped === 0) send()
      else schedule(gatherMs)
    },
    flush() {
      const { count, chunk } = take()
      try {
        for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at)
      } catch {
        drop(count)
      }
    },
  }
}

type Put = (chunk: Buffer, done: (error: Error | null) => void) => void

/** A pipe or a socket is written without blocking: one that nobody reads must hold no thread. */
function writerTo(fd: number): Put {
  const stat = fstatSync(fd)
  if (!stat.isFIFO() && !stat.isSocket()) return (chunk, done) => writeAll(fd, chunk, done)
  const socket = new Socket({ fd, readable: false, writable: true })
  socket.unref()
  socket.on('error', () => {})
  return (chunk, done) => void socket.write(chunk, (error) => done(error ?? null))
}

function writeAll(fd: number, chunk: Buffer, done: (error: Error | null) => void): void {
  write(fd, chunk, (error, written) => {
    if (error !== null || written === chunk.length) done(error)
    else writeAll(fd, chunk.subarray(written), done)
  })
}
