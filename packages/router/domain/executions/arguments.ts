// The arguments of a call, checked before anything is stored: one bad caller must never fail a commit batch.
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { compileJsonSchema } from '@xerotier/runtime/json-schema.ts'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { canonicalArguments } from './call-digest.ts'
import { linearPattern } from './linear-pattern.ts'

/** Compiled schemas by digest; a fleet has few, and the oldest goes when there are too many. */
const compiled = new Map<string, ValidateFunction>()
const compiledLimit = 2048

/** @throws Error when the schema itself cannot be compiled. */
export function compileSchema(schemaDigest: string, schema: Record<string, unknown>): ValidateFunction {
  let validate = compiled.get(schemaDigest)
  if (validate === undefined) {
    validate = compileJsonSchema(schema, { strict: false, allErrors: false, code: { regExp: linearPattern } })
    if (compiled.size >= compiledLimit) compiled.delete(compiled.keys().next().value!)
    compiled.set(schemaDigest, validate)
  }
  return validate
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
  const validate = compileSchema(tool.schema_digest, tool.input_schema)
  if (!validate(args)) {
    const error = validate.errors![0]!
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

/** What jsonb cannot hold, or what would cost too much to look at. */
function unstorable(value: unknown, path: string, depth: number): { message: string; param: string } | undefined {
  if (depth > limits.argumentsDepth)
    return { message: `The arguments are nested deeper than ${limits.argumentsDepth} levels.`, param: path }
  if (typeof value === 'string') return textFault(value, path)
  // JSON may write 1e400, which is no number here.
  if (typeof value === 'number' && !Number.isFinite(value))
    return { message: `${path} is larger than a number may be.`, param: path }
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
