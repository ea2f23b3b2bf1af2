// The arguments of a call, checked before anything is stored: one bad caller must not fail a batch.
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { operandFlaw } from '@xerotier/protocol/operands.ts'
import { defaultsOf, withDefaults } from '@xerotier/protocol/schema-defaults.ts'
import { mayHoldSecrets } from '@xerotier/protocol/secrets.ts'
import { compileJsonSchema, type JsonCheck } from '@xerotier/runtime/json-schema.ts'
import { TookTooLong } from '@xerotier/runtime/within-time.ts'
import type { ErrorObject } from 'ajv'
import { canonicalArguments } from './call-digest.ts'

interface Compiled {
  check: JsonCheck
  defaults: Record<string, unknown>
  secret: boolean
}

/** Compiled schemas by digest; a fleet has few, and the oldest goes when there are too many. */
const compiled = new Map<string, Compiled>()
const compiledLimit = 2048

/** Whether the schema is known to compile, so that `compileSchema` takes no time. */
export function isCompiled(schemaDigest: string): boolean {
  return compiled.has(schemaDigest)
}

/** @throws Error when the schema cannot be compiled, or not within `limits.schemaCompileMs` */
export function compileSchema(schemaDigest: string, schema: Record<string, unknown>): Compiled {
  let entry = compiled.get(schemaDigest)
  if (entry === undefined) {
    if (!takesObjects(schema)) throw new Error('type must be "object", as arguments are')
    entry = {
      check: compileJsonSchema(schema, 'lenient'),
      defaults: defaultsOf(schema),
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

/**
 * Schemas come from agents and arguments from callers: together they must not hold everybody up.
 */
function flawOf(check: JsonCheck, args: Record<string, unknown>, size: number): ErrorObject | undefined {
  try {
    return check(args, size)
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error
    throw new Fault('invalid_arguments', {
      message: `The arguments take longer than ${limits.argumentsCheckMs} ms to check against the tool's schema.`,
      param: 'args',
    })
  }
}

/**
 * The arguments as they run: with the defaults of the tool's schema.
 * @throws Fault invalid_arguments, `param` is the path of the offending value (`args.node`)
 */
export function completeArguments(tool: ToolDescriptor, given: Record<string, unknown>): Record<string, unknown> {
  const bad = unstorable(given, 'args', 0)
  if (bad !== undefined) throw new Fault('invalid_arguments', bad)
  const { check, defaults } = compileSchema(tool.schema_digest, tool.input_schema)
  const args = withDefaults(given, defaults)
  const text = canonicalArguments(args)
  if (text.length > limits.argumentsBytes || Buffer.byteLength(text) > limits.argumentsBytes) {
    throw new Fault('invalid_arguments', {
      message: `The arguments are larger than ${limits.argumentsBytes} bytes.`,
      param: 'args',
    })
  }
  const error = flawOf(check, args, text.length)
  if (error !== undefined) {
    const path = pathOf(error)
    throw new Fault('invalid_arguments', {
      message: `${path} ${error.message ?? 'is not valid'}${detailOf(error)}.`,
      param: path,
    })
  }
  const flaw = operandFlaw(tool.operands, args)
  if (flaw === undefined) return args
  const param = `args.${flaw.argument}`
  throw new Fault('invalid_arguments', { message: `${param} ${flaw.reason}.`, param })
}

function pathOf(error: ErrorObject): string {
  const base = `args${error.instancePath.replaceAll('/', '.')}`
  const { missingProperty, additionalProperty } = error.params
  const extra: unknown = missingProperty ?? additionalProperty
  return extra === undefined ? base : `${base}.${extra}`
}

function detailOf(error: ErrorObject): string {
  const allowed: unknown = error.params.allowedValues
  return Array.isArray(allowed) ? `: ${allowed.map((value) => JSON.stringify(value)).join(', ')}` : ''
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
