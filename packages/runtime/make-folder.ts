// Makes folders. Not by Node's own recursive mkdir: below /proc
// and the like, where nothing can be made, it never ends.
import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileReason, isFileError } from './file-reason.ts'
import { configExitCode, StartError } from './start-error.ts'

/**
 * Makes the folder and what is missing above it, each with `mode`. Answers the first that it made;
 * undefined when the folder was there.
 * @throws StartError that says why it cannot be made
 */
export function makeFolder(path: string, mode = 0o777): string | undefined {
  const missing: string[] = []
  let at = resolve(path)
  try {
    while (!isThere(at)) {
      missing.unshift(at)
      at = dirname(at)
    }
    for (const folder of missing) makeOne(folder, mode)
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? `nothing can be made in ${at}` : fileReason(error)
    throw new StartError(configExitCode, `the folder ${path} cannot be made: ${reason}`)
  }
  if (missing.length === 0 && !statSync(at).isDirectory())
    throw new StartError(configExitCode, `${path} is a file where a folder must be`)
  return missing[0]
}

function codeOf(error: unknown): string | undefined {
  return isFileError(error) ? error.code : undefined
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined || dirname(path) === path
}

function makeOne(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode })
  } catch (error) {
    // Somebody else made it meanwhile.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
  }
}
