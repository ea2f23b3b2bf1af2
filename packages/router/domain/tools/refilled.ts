// The arguments of a call that is made again. Its record has a mark in place of each secret.
import { Fault } from '@xerotier/protocol/errors.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { isSecretMark, valueAt, withValueAt } from '@xerotier/protocol/secrets.ts'

type Args = Record<string, unknown>

/**
 * The arguments of the record, with what is given in the places of the secrets.
 * @throws Fault invalid_arguments that names the secret which is missing, or what is no secret
 */
export function refilled(recorded: Args, given: Args): Args {
  const marks = leavesOf(recorded).filter(({ value }) => isSecretMark(value))
  for (const { path } of leavesOf(given)) {
    if (marks.some((mark) => startsWith(path, mark.path))) continue
    const message = `${named(path)} is no secret of the call. It is made again as it was, and only its secrets are given again.`
    throw new Fault('invalid_arguments', { message, param: named(path) })
  }
  let args = recorded
  for (const { path } of marks) {
    const value = valueAt(given, path)
    if (value === undefined) {
      const message = `${named(path)} was secret and is kept nowhere: give it again.`
      throw new Fault('invalid_arguments', { message, param: named(path) })
    }
    args = withValueAt(args, path, value)
  }
  return args
}

interface Leaf {
  path: string[]
  value: unknown
}

/** Marks and what holds no more values: no deeper than arguments may be. */
function leavesOf(value: unknown, path: string[] = []): Leaf[] {
  const inside = Array.isArray(value) || (isRecord(value) && !isSecretMark(value)) ? Object.entries(value) : []
  if (inside.length === 0) return path.length === 0 ? [] : [{ path, value }]
  return inside.flatMap(([key, member]) => leavesOf(member, [...path, key]))
}

const startsWith = (path: readonly string[], start: readonly string[]) => start.every((key, at) => path[at] === key)
const named = (path: readonly string[]) => ['args', ...path].join('.')
