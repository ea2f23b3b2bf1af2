// Opens files that a caller names. What counts is where the descriptor really leads, asked after it
// is open, so that no link and no change in between can lead elsewhere.
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '@xerotier/protocol/errors.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants

export interface OpenFile {
  fd: number
  realPath: string
  stats: Stats
}

/** A regular file for reading. The caller closes it. @throws Fault */
export function openForReading(path: string, allowed: (file: OpenFile) => string | undefined): OpenFile {
  let fd: number
  try {
    // O_NONBLOCK: opening a FIFO must not hang.
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
  } catch (error) {
    throw fileFault(`The file cannot be opened (${codeOf(error)}).`)
  }
  const file = { fd, realPath: readlinkSync(`/proc/self/fd/${fd}`), stats: fstatSync(fd) }
  const reason = file.stats.isFile() ? allowed(file) : 'it is no regular file'
  if (reason === undefined) return file
  closeSync(fd)
  throw fileFault(`The file may not be read: ${reason}.`)
}

/**
 * Whether any user of the machine may read it. A file that its owner keeps from others (keys,
 * credentials, /etc/shadow, another process's environment) holds what must not get into an
 * execution record, whoever the agent runs as.
 */
export function isPublic(file: OpenFile): boolean {
  if ((file.stats.mode & constants.S_IROTH) === 0) return false
  for (let folder = dirname(file.realPath); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & constants.S_IXOTH) === 0) return false
    if (folder === '/') return true
  }
}

/** PROC_SUPER_MAGIC of statfs(2). */
const procType = 0x9fa0

/**
 * Whether it is about one process: /proc/1/cmdline, wherever a /proc is mounted. Any user may read
 * most of that, and secrets that a program was given as arguments are in it.
 */
export function isOfProcess(file: OpenFile): boolean {
  return /\/\d+(\/|$)/.test(file.realPath) && statfsSync(`/proc/self/fd/${file.fd}`).type === procType
}

export function realOrSame(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

export function fileFault(message: string): Fault {
  return new Fault('execution_failed', { message })
}

export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}
