// The types of what expressions speak about, and whether one fits them.
import { Environment } from '@marcbachmann/cel-js'
import { reasonOfParser } from '@xerotier/protocol/depth.ts'
import { limits } from '@xerotier/protocol/limits.ts'

/** The variables, each with its type, or with the types of its members. */
export const variableTypes = {
  project: 'string',
  workspace: 'string',
  tool: 'string',
  risk: 'string',
  args: 'map<string, dyn>',
  requester: {
    id: 'string',
    name: 'string',
    kind: 'string',
    email: 'string',
    groups: 'list<string>',
    roles: 'list<string>',
  },
  agent: { name: 'string', names: 'list<string>' },
  time: 'google.protobuf.Timestamp',
  labels: 'map<string, string>',
} as const

const checker = new Environment({ unlistedVariablesAreDyn: false })
for (const [name, type] of Object.entries(variableTypes)) {
  if (typeof type === 'string') checker.registerVariable(name, type)
  else checker.registerVariable(name, { schema: { ...type } })
}

/** Characters of the text, the last not included. */
export interface Range {
  start: number
  end: number
}

export interface Misfit {
  message: string
  range: Range | undefined
}

export const tooDeep = `is nested deeper than ${limits.policyExpressionDepth} levels`

/** @returns what does not fit together; undefined when all does */
export function checkTypes(text: string): Misfit | undefined {
  try {
    const { valid, type, error } = checker.check(text)
    if (!valid) return misfitOf(error, error?.range)
    if (type === 'bool' || type === 'dyn') return undefined
    return { message: `is ${type}, and must be true or false`, range: undefined }
  } catch (error) {
    return misfitOf(error, undefined)
  }
}

function misfitOf(error: unknown, range: Range | undefined): Misfit {
  const [message = 'cannot be read'] = reasonOfParser(error, tooDeep).split('\n')
  return { message, range: range && { start: range.start, end: range.end } }
}
