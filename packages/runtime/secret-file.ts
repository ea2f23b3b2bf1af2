import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '@xerotier/protocol/thrown.ts'

/**
 * Writes a file that only its owner reads: 0600 from its
 * first byte, whole or not at all, on disk when this returns.
 */
export function writeSecretFile(path: string, content: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = openSync(temporary, 'wx', 0o600)
  try {
    try {
      // Not writeSync: at a full disk or a size limit it writes a part and does not fail.
      writeFileSync(file, content)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/** The content, or undefined when there is no such file. @throws when others may read it. */
export function readSecretFile(path: string): string | undefined {
  return readSecretBytes(path)?.content.toString('utf8')
}

/** The bytes and the user whose file it is. @throws when others may read it. */
export function readSecretBytes(path: string): { content: Buffer; owner: number } | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const { mode, uid } = fstatSync(file)
    if ((mode & 0o077) !== 0) {
      throw new Error(`${path} holds a secret and has mode 0${(mode & 0o777).toString(8)}; make it 0600`)
    }
    return { content: readFileSync(file), owner: uid }
  } finally {
    closeSync(file)
  }
}
