// The arguments of a call, checked before anything is stored: one bad caller must not fail a batch.
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { operandFlaw } from '@xerotier/protocol/operands.ts'
import { mayHoldSecrets } from '@xerotier/protocol/secrets.ts'
import type { Flaw } from '@xerotier/runtime/json-schema/flaw.ts'
import { TooCostly } from '@xerotier/runtime/json-schema/run.ts'
import { type ArgumentsSchema, compileArgumentsSchema } from '@xerotier/runtime/json-schema.ts'
import { canonicalArguments } from './call-digest.ts'
import { countSteps } from './check-turns.ts'

interface Compiled {
  arguments: ArgumentsSchema
  secret: boolean
}

/** Compiled schemas by digest; a fleet has few, and the oldest goes when there are too many. */
const compiled = new Map<string, Compiled>()
const compiledLimit = 2048

/** Whether the schema is known, so that `compileSchema` takes no time. */
export function isCompiled(schemaDigest: string): boolean {
  return compiled.has(schemaDigest)
}

/** @throws Error with a sentence when the schema cannot be compiled */
export function compileSchema(schemaDigest: string, schema: Record<string, unknown>): Compiled {
  let entry = compiled.get(schemaDigest)
  if (entry === undefined) {
    if (!takesObjects(schema)) throw new Error('type must be "object", as arguments are')
    entry = {
      arguments: compileArgumentsSchema(schema, 'lenient'),
      secret: mayHoldSecrets(schema),
    }
    const [oldest] = compiled.keys()
    if (oldest !== undefined && compiled.size >= compiledLimit) compiled.delete(oldest)
    compiled.set(schemaDigest, entry)
  }
  return entry
}

/** Whether some argument of the tool may be a secret. */
export function hasSecrets(tool: ToolDescriptor): boolean {
  return compileSchema(tool.schema_digest, tool.input_schema).secret
}

function takesObjects({ type }: Record<string, unknown>): boolean {
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'))
}

/** @throws Fault invalid_arguments when schema and arguments are too much together */
function affordable<T>(look: (spent: (steps: number) => void) => T): T {
  try {
    return look(countSteps)
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error
    const message = `The arguments cannot be checked against the tool's schema: ${error.message}.`
    throw new Fault('invalid_arguments', { message, param: 'args' })
  }
}

/**
 * The arguments as they run: with the defaults of the tool's schema. Many at once go through
 * `inTurn`.
 * @throws Fault invalid_arguments, `param` is the path of the offending value (`args.node`)
 */
export function completeArguments(tool: ToolDescriptor, given: Record<string, unknown>): Record<string, unknown> {
  const bad = unstorable(given, 'args', 0)
  if (bad !== undefined) throw new Fault('invalid_arguments', bad)
  const schema = compileSchema(tool.schema_digest, tool.input_schema).arguments
  const args = affordable((spent) => schema.complete(given, spent))
  const text = canonicalArguments(args)
  if (text.length > limits.argumentsBytes || Buffer.byteLength(text) > limits.argumentsBytes) {
    throw new Fault('invalid_arguments', {
      message: `The arguments are larger than ${limits.argumentsBytes} bytes.`,
      param: 'args',
    })
  }
  const flaw = affordable((spent) => schema.check(args, spent))
  if (flaw !== undefined) {
    const path = pathOf(flaw)
    throw new Fault('invalid_arguments', { message: `${path} ${flaw.message}${detailOf(flaw)}.`, param: path })
  }
  const refused = operandFlaw(tool.operands, args)
  if (refused === undefined) return args
  const param = `args.${refused.argument}`
  throw new Fault('invalid_arguments', { message: `${param} ${refused.reason}.`, param })
}

function pathOf({ path, member }: Flaw): string {
  return ['args', ...path, ...(member === undefined ? [] : [member])].join('.')
}

/** A message names so many allowed values, and none that is longer. */
const allowedNamed = 20
const allowedCharacters = 100

function detailOf({ allowed }: Flaw): string {
  if (allowed === undefined) return ''
  const named = allowed.slice(0, allowedNamed).map((value) => {
    const text = JSON.stringify(value)
    return text.length > allowedCharacters ? '…' : text
  })
  if (allowed.length > named.length) named.push(`and ${allowed.length - named.length} more`)
  return `: ${named.join(', ')}`
}

/** Whether the record can hold them at all. */
export function isStorable(args: Record<string, unknown>): boolean {
  return unstorable(args, 'args', 0) === undefined
}

/** What jsonb cannot hold, or what would cost too much to look at. */
function unstorable(value: unknown, path: string, depth: number): { message: string; param: string } | undefined {
  if (depth > limits.argumentsDepth)
    return { message: `The arguments are nested deeper than ${limits.argumentsDepth} levels.`, param: path }
  if (typeof value === 'string') return textFault(value, path)
  // JSON may write 1e400, which is no number here.
  if (typeof value === 'number' && !Number.isFinite(value))
    return { message: `${path} is larger than a number may be.`, param: path }
  // JavaScript has rounded it: the call would act on another number than was asked for.
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return {
      message: `${path} is an integer beyond 2^53, which JSON numbers do not hold exactly; send it as text.`,
      param: path,
    }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, item] of Object.entries(value)) {
    const bad = textFault(key, path) ?? unstorable(item, `${path}.${key}`, depth + 1)
    if (bad !== undefined) return bad
  }
  return undefined
}

function textFault(text: string, path: string): { message: string; param: string } | undefined {
  if (text.includes('\u0000')) return { message: `${path} holds a NUL character.`, param: path }
  if (!text.isWellFormed()) return { message: `${path} holds a lone surrogate.`, param: path }
  return undefined
}
