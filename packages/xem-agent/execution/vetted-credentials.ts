// Credential files that become malformed: an editor that died half-way, or a wrong paste. Calls go
// on with the content before, and the log says so. What is in a file is in no message.
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Log } from '@xerotier/runtime/log.ts'
import { parseDocument } from 'yaml'

export interface VettedCredentials {
  /** At the start, and at each reload. */
  look(files: readonly string[]): void
  /** What a call gets in place of the file: undefined where that is as good as we can tell. */
  insteadOf(file: string): Buffer | undefined
}

interface Known {
  /** Another when the file is. */
  stamp: string
  /** The last content that was well-formed. */
  good: Buffer | undefined
  isMalformed: boolean
}

/** A larger one is no credential that we know the form of. */
const mostBytes = 1024 * 1024

export function createVettedCredentials(log: Log): VettedCredentials {
  /** By name: where files are mounted as links, a new one has another path. */
  const known = new Map<string, Known>()

  function vet(file: string): Known | undefined {
    const stamp = stampOf(file)
    if (stamp === undefined) return undefined
    const name = basename(file)
    const before = known.get(name)
    if (before?.stamp === stamp) return before
    const content = read(file)
    if (content === undefined) return undefined
    const flaw = flawOf(file, content)
    const now = { stamp, good: flaw === undefined ? content : before?.good, isMalformed: flaw !== undefined }
    known.set(name, now)
    if (flaw !== undefined) tell(name, flaw, now.good !== undefined)
    else if (before?.isMalformed) log.notice({ file: name }, 'the credential file is well-formed again')
    return now
  }

  function tell(name: string, flaw: string, hasOld: boolean): void {
    const does = hasOld ? 'calls go on with the content before' : 'calls get it as it is'
    log.error({ file: name, flaw }, `a credential file is malformed; ${does}`)
  }

  return {
    look(files) {
      for (const file of files) vet(file)
    },
    insteadOf(file) {
      const found = vet(file)
      return found?.isMalformed ? found.good : undefined
    },
  }
}

function stampOf(file: string): string | undefined {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file)
    return size > mostBytes ? undefined : `${ino} ${size} ${mtimeMs} ${ctimeMs}`
  } catch {
    return undefined
  }
}

/** Undefined for what the call itself finds missing or unreadable, and says so. */
function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** By its name; of a form that we do not know, only that there is something in it. */
function flawOf(file: string, content: Buffer): string | undefined {
  if (content.length === 0) return 'it is empty'
  const text = content.toString()
  if (file.endsWith('.json')) return isJson(text) ? undefined : 'it is no JSON'
  if (!/\.ya?ml$/.test(file)) return undefined
  const [error] = parseDocument(text, { logLevel: 'silent' }).errors
  if (error === undefined) return undefined
  return `it is no YAML${error.linePos === undefined ? '' : `, from line ${error.linePos[0].line}`}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
