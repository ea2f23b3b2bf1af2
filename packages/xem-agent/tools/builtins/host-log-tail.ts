import { closeSync, readSync } from 'node:fs'
import type { Answer, Invocation } from '../../tool.ts'
import { fileFault, isBelow, openForReading } from './open-file.ts'

const logDir = '/var/log'
const chunkBytes = 64 * 1024
/** Longest tail; a line beyond it is cut. */
const tailBytes = 1024 * 1024

type Tail = { lines: number } & ({ unit: string } | { path: string })

/** The last lines of a systemd unit's journal, or of a file below /var/log, as output. */
export async function logTail({ args, write, run }: Invocation<Tail>): Promise<Answer> {
  const { lines } = args
  if ('unit' in args) {
    const { unit } = args
    const argv = ['journalctl', '--no-pager', '--output=short-iso', `--lines=${lines}`, `--unit=${unit}`]
    const { exitCode, signal } = await run(argv)
    if (exitCode === 0) return { result: { unit }, exitCode }
    return { result: { unit }, exitCode, failed: `journalctl ended with ${signal ?? `exit code ${exitCode}`}.` }
  }
  const file = openForReading(args.path, (one) =>
    isBelow(one.realPath, logDir) ? undefined : `it is not below ${logDir}`,
  )
  try {
    const tail = lastLines(file.fd, file.stats.size, lines)
    if (tail.includes('\0')) throw fileFault('The file is no text.')
    write('stdout', tail)
    return { result: { path: file.realPath, size: file.stats.size } }
  } finally {
    closeSync(file.fd)
  }
}

/** Reads from the end, a chunk at a time, so that a log of gigabytes costs what its tail costs. */
function lastLines(fd: number, size: number, lines: number): string {
  const chunks: Buffer[] = []
  let breaks = 0
  let from = size
  let bytes = 0
  while (from > 0 && breaks <= lines && bytes < tailBytes) {
    const length = Math.min(chunkBytes, from, tailBytes - bytes)
    from -= length
    const chunk = Buffer.alloc(length)
    bytes += readSync(fd, chunk, 0, length, from)
    for (const byte of chunk) if (byte === 0x0a) breaks++
    chunks.unshift(chunk)
  }
  const all = Buffer.concat(chunks).toString('utf8').split('\n')
  const ended = all.at(-1) === ''
  return all.slice(ended ? -lines - 1 : -lines).join('\n')
}
