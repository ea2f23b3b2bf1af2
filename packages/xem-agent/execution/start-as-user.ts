// Whether a program that is started by setpriv started: setpriv itself always does, and says on
// stderr what it could not do. Its line begins with a name that was made for this start, so that no
// program can say the same of itself.
import type { ChildProcess } from 'node:child_process'
import type { UserStart } from './tools-user.ts'

/** Far more than the line has. */
const lineMax = 4096

/** As strerror(3) writes what execve(2) answers. */
const codes: Readonly<Record<string, string>> = {
  'No such file or directory': 'ENOENT',
  'Permission denied': 'EACCES',
  'Operation not permitted': 'EPERM',
  'Argument list too long': 'E2BIG',
  'Text file busy': 'ETXTBSY',
}

/** Listens from now on. @returns why it did not start, once its stderr is closed */
export function watchStart(child: ChildProcess, { argv0 }: UserStart): () => Error | undefined {
  const mark = `${argv0}: `
  let said = ''
  child.stderr?.on('data', function listen(data: Buffer) {
    said += data.toString('latin1', 0, lineMax)
    // It writes the mark at once, and nothing before it.
    if (!said.startsWith(mark) || said.length > lineMax) child.stderr?.off('data', listen)
  })
  return () => {
    if (!said.startsWith(mark)) return undefined
    const reason = said.slice(mark.length).trim()
    const end = reason.slice(reason.lastIndexOf(': ') + 2)
    const code = Object.hasOwn(codes, end) ? codes[end] : undefined
    return Object.assign(new Error(reason), code === undefined ? {} : { code })
  }
}
