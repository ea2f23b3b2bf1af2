// Why a program did not start, as it is. The kernel says ENOENT for three different things.
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Fault } from '@xerotier/protocol/errors.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'

export interface Start {
  /** As the bundle names it. */
  name: string
  /** As it was asked for: with a slash in it, a path. */
  program: string
  searchPath: string | undefined
  /** Whom it was to run as, when that is not the agent. */
  user?: string | undefined
}

const reasons: Record<string, string> = {
  EACCES: 'it may not be executed',
  E2BIG: 'its arguments are too long',
  ETXTBSY: 'it is being written',
  EPERM: 'the agent may not start it as that user',
}

export function startFault(start: Start, error: Error): Fault {
  const code = codeOf(error) ?? ''
  const known = Object.hasOwn(reasons, code) ? reasons[code] : undefined
  const reason = code === 'ENOENT' ? whatIsMissing(start) : (known ?? (code || error.message))
  const whom = start.user === undefined ? '' : ` as user "${start.user}"`
  const message = `The program "${start.name}" could not be started${whom}: ${reason}.`
  return new Fault('tool_start_failed', { message, cause: error })
}

/** The program itself, or what its first line names. */
function whatIsMissing({ program, searchPath }: Start): string {
  const places = program.includes('/')
    ? [program]
    : (searchPath ?? '').split(delimiter).map((folder) => join(folder, program))
  const found = places.find((place) => existsSync(place))
  if (found === undefined) return 'it is not there, or not on the PATH of the agent'
  return firstLineFlaw(found) ?? 'what loads it is not there (a program of another system?)'
}

/** What is wrong with the `#!` line of a file; undefined when it has none, or one that will do. */
export function firstLineFlaw(path: string): string | undefined {
  const interpreter = interpreterOf(path)
  if (interpreter === undefined || existsSync(interpreter)) return undefined
  if (interpreter.endsWith('\r'))
    return `its first line ends with a carriage return: "${interpreter.trimEnd()}\\r" is not there; write its lines as Unix does`
  return `its first line names "${interpreter}", which is not there`
}

/** What stands behind `#!`, up to a blank. */
function interpreterOf(path: string): string | undefined {
  const line = firstLine(path)
  return line.startsWith('#!') ? /^#![ \t]*([^ \t]*)/.exec(line)?.[1] : undefined
}

/** As much of it as the kernel reads. */
function firstLine(path: string): string {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const bytes = Buffer.alloc(256)
    const [line = ''] = bytes.toString('utf8', 0, readSync(fd, bytes)).split('\n', 1)
    return line
  } catch {
    return ''
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
