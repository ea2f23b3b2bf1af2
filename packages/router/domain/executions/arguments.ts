// The arguments of a call, checked before anything is stored: one bad caller must never fail a commit batch.
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { compileJsonSchema, prepareJsonSchema } from '@xerotier/runtime/json-schema.ts'
import { TookTooLong, withinTime } from '@xerotier/runtime/within-time.ts'
import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import { canonicalArguments } from './call-digest.ts'
import { linearPattern, PatternError } from './linear-pattern.ts'

interface Compiled {
  validate: ValidateFunction
  /** Of the schema's text. */
  bytes: number
  /** Its time may grow faster than the arguments do: what refers to itself may be looked at in exponentially many ways. */
  steep: boolean
}

/** Compiled schemas by digest; a fleet has few, and the oldest goes when there are too many. */
const compiled = new Map<string, Compiled>()
const compiledLimit = 2048

/** Whether the schema is known to compile, so that `compileSchema` takes no time. */
export function isCompiled(schemaDigest: string): boolean {
  return compiled.has(schemaDigest)
}

/** @throws Error when the schema itself cannot be compiled, or not within `limits.schemaCompileMs` */
export function compileSchema(schemaDigest: string, schema: Record<string, unknown>): Compiled {
  let entry = compiled.get(schemaDigest)
  if (entry === undefined) {
    const options = { strict: false, allErrors: false, code: { regExp: linearPattern } }
    // What all schemas share is not given up half made.
    prepareJsonSchema()
    if (!takesObjects(schema)) throw new Error('type must be "object", as arguments are')
    const validate = withinTime(limits.schemaCompileMs, () => compiledOrWhere(schema, options))
    const text = JSON.stringify(schema)
    entry = { validate, bytes: text.length, steep: /"(?:\$ref|\$dynamicRef|uniqueItems)"/.test(text) }
    if (compiled.size >= compiledLimit) compiled.delete(compiled.keys().next().value!)
    compiled.set(schemaDigest, entry)
  }
  return entry
}

function takesObjects({ type }: Record<string, unknown>): boolean {
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'))
}

/** @throws Error that names the place of a pattern that is none */
function compiledOrWhere(schema: Record<string, unknown>, options: Options): ValidateFunction {
  try {
    return compileJsonSchema(schema, options)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    const path = patternPath(schema, error.pattern) ?? ''
    throw new SyntaxError(`${path === '' ? '' : `${path.slice(1)}: `}${error.message}`, { cause: error })
  }
}

/** Where a schema has this pattern: `.properties.name.pattern`. */
function patternPath(schema: unknown, pattern: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'pattern' && value === pattern) return '.pattern'
    if (key === 'patternProperties' && Object.hasOwn(Object(value), pattern)) return '.patternProperties'
    const within = patternPath(value, pattern)
    if (within !== undefined) return `.${key}${within}`
  }
  return undefined
}

/** Up to this many characters of schema times characters of arguments a check takes a few milliseconds at most. */
const quick = 4 * 1024 * 1024

/** Schemas come from agents, and arguments from callers: together they may not hold up everybody's router. */
function isValid({ validate, bytes, steep }: Compiled, args: Record<string, unknown>, text: string): boolean {
  if (!steep && bytes * text.length <= quick) return validate(args)
  try {
    return withinTime(limits.argumentsCheckMs, () => validate(args))
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error
    throw new Fault('invalid_arguments', {
      message: `The arguments take longer than ${limits.argumentsCheckMs} ms to check against the tool's schema.`,
      param: 'args',
    })
  }
}

/**
 * @throws Fault invalid_arguments, `param` is the path of the offending value (`args.node`)
 */
export function checkArguments(tool: ToolDescriptor, args: Record<string, unknown>): void {
  const bad = unstorable(args, 'args', 0)
  if (bad !== undefined) throw new Fault('invalid_arguments', bad)
  const text = canonicalArguments(args)
  if (text.length > limits.argumentsBytes || Buffer.byteLength(text) > limits.argumentsBytes) {
    throw new Fault('invalid_arguments', {
      message: `The arguments are larger than ${limits.argumentsBytes} bytes.`,
      param: 'args',
    })
  }
  const schema = compileSchema(tool.schema_digest, tool.input_schema)
  if (!isValid(schema, args, text)) {
    const error = schema.validate.errors![0]!
    const path = pathOf(error)
    throw new Fault('invalid_arguments', {
      message: `${path} ${error.message ?? 'is not valid'}${detailOf(error)}.`,
      param: path,
    })
  }
}

function pathOf(error: ErrorObject): string {
  const base = `args${error.instancePath.replaceAll('/', '.')}`
  const extra =
    (error.params as { missingProperty?: string; additionalProperty?: string }).missingProperty ??
    (error.params as { additionalProperty?: string }).additionalProperty
  return extra === undefined ? base : `${base}.${extra}`
}

function detailOf(error: ErrorObject): string {
  const allowed = (error.params as { allowedValues?: unknown[] }).allowedValues
  return allowed === undefined ? '' : `: ${allowed.map((value) => JSON.stringify(value)).join(', ')}`
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
  // JavaScript has rounded it: the call would act on another number than the one that was asked for.
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
