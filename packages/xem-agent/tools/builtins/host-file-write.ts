import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { memberOf } from '@xerotier/protocol/record.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { Answer, Invocation } from '../../tool.ts'
import { fileFault, isBelow, realOrSame } from './open-file.ts'

const { O_RDONLY, O_DIRECTORY, O_WRONLY, O_CREAT, O_EXCL } = constants

/**
 * Writes a whole file below one of the folders. What it replaces is kept beside it as
 * `<name>.<execution id>.bak`: that is what makes the call recoverable.
 */
export function fileWrite(writeDirs: readonly string[]) {
  return ({ args, executionId }: Invocation<{ path: string; content: string; overwrite: boolean }>): Answer => {
    const { path, content, overwrite } = args
    const name = basename(path)
    if (name === '' || name === '.' || name === '..') throw fileFault('The path names no file.')
    const folder = openFolder(dirname(path))
    try {
      if (!writeDirs.some((allowed) => isBelow(folder.realPath, realOrSame(allowed)))) {
        throw fileFault('The file may not be written: its folder is not below one of XEM_HOST_WRITE_DIRS.')
      }
      const backup = `${name}.${executionId}.bak`
      const replaced = writeInto(folder.inside, { name, content, overwrite, backup })
      const result = { path: join(folder.realPath, name), bytes: Buffer.byteLength(content) }
      return { result: { ...result, backup: replaced ? join(folder.realPath, backup) : null } }
    } finally {
      closeSync(folder.fd)
    }
  }
}

/**
 * `inside` leads through the descriptor, so that nobody can swap the folder after it was looked at.
 */
function openFolder(path: string) {
  try {
    const fd = openSync(path, O_RDONLY | O_DIRECTORY)
    const inside = `/proc/self/fd/${fd}`
    return { fd, inside, realPath: readlinkSync(inside) }
  } catch (error) {
    throw fileFault(`The folder cannot be opened (${codeOf(error)}).`)
  }
}

/** @returns whether there was a file before. */
function writeInto(
  inside: string,
  file: { name: string; content: string; overwrite: boolean; backup: string },
): boolean {
  const target = join(inside, file.name)
  const before = lstatSync(target, { throwIfNoEntry: false })
  if (before !== undefined && !before.isFile()) throw fileFault('The path is no regular file.')
  if (before !== undefined && !file.overwrite)
    throw fileFault('The file is there already; set overwrite to replace it.')
  const temporary = join(inside, `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const fd = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    try {
      // Not writeSync: at a full disk or a size limit it writes a part and does not fail.
      writeFileSync(fd, file.content)
      if (before === undefined) {
        // Whatever the umask of the agent is: a file that it made for others must be readable for
        // them.
        fchmodSync(fd, 0o644)
      } else {
        // Whose file it is and who may read it stays: its service must go on reading it.
        fchownSync(fd, before.uid, before.gid)
        fchmodSync(fd, before.mode & 0o777)
      }
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    if (before === undefined) {
      // link and not rename: it fails when somebody else made the file meanwhile.
      linkSync(temporary, target)
      rmSync(temporary)
    } else {
      linkSync(target, join(inside, file.backup))
      renameSync(temporary, target)
    }
  } catch (error) {
    rmSync(temporary, { force: true })
    throw fileFault(
      memberOf(error, 'syscall') === 'fchown'
        ? 'The file belongs to another user, and the agent may not write one for that user.'
        : `The file cannot be written (${codeOf(error)}).`,
    )
  }
  return before !== undefined
}
