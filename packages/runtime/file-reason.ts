// Why a file or folder could not be had, in words for
// the operator: which one, whose it is, and who asks.
import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whether the system refused a file, so that its stack tells nobody anything. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException & { code: string; path: string } {
  if (!(error instanceof Error)) return false
  const { code, path, syscall } = error as NodeJS.ErrnoException
  return typeof code === 'string' && typeof path === 'string' && typeof syscall === 'string'
}

/** One sentence without its point. */
export function fileReason(error: unknown): string {
  if (!isFileError(error)) return error instanceof Error ? error.message : String(error)
  const { code, path } = error
  const reason = reasons[code]
  return reason === undefined ? `${code}, ${path}` : reason(path)
}

const reasons: Readonly<Record<string, (path: string) => string>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: (path) => `${path} is on a file system that can only be read`,
  ENOSPC: (path) => `the disk of ${path} is full`,
  EDQUOT: (path) => `the disk quota for ${path} is used up`,
  ENOTDIR: (path) => `part of ${path} is a file and no folder`,
  ENOENT: (path) => `${path} is not there`,
  EISDIR: (path) => `${path} is a folder`,
  ENAMETOOLONG: (path) => `the name ${path} is too long`,
}

function notAllowed(path: string): string {
  const nearest = nearestThere(path)
  const user = process.geteuid?.()
  const owner = nearest === undefined ? undefined : statSync(nearest, { throwIfNoEntry: false })?.uid
  const whose = owner === undefined || owner === user ? '' : `, which belongs to user ${owner}`
  return `user ${user ?? '?'} may not read or change ${nearest ?? path}${whose}`
}

/** The path itself or what is there above it. */
function nearestThere(path: string): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    try {
      if (statSync(at, { throwIfNoEntry: false }) !== undefined) return at
    } catch {
      // Not even that may be looked at: what is above it says whose it is.
    }
    if (dirname(at) === at) return undefined
  }
}
