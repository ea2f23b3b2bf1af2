// JSON Schemas that come as data, from bundles and from agents.
import { limits } from '@xerotier/protocol/limits.ts'
import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { AddedFormat, FormatDefinition } from 'ajv/dist/types/index.js'
import formats from 'ajv-formats'
import { createPatternEngine, PatternError } from './linear-pattern.ts'
import { TookTooLong, withinTime } from './within-time.ts'

/**
 * The first flaw of a value, or undefined when it fits.
 * @param size characters of its JSON
 * @throws TookTooLong when schema and value together take longer than `limits.argumentsCheckMs`
 */
export type JsonCheck = (value: unknown, size: number) => ErrorObject | undefined

const modes = {
  /**
   * Our bundles: an unknown keyword is a typing error. `strictRequired`
   * is off, as conditional parts name keys from outside.
   */
  strict: { strict: true, strictRequired: false, strictTypes: false },
  /**
   * Schemas whose authors use other drafts' keywords;
   * unknown ones are ignored, as JSON Schema says.
   */
  lenient: { strict: false, logger: false },
} as const satisfies Record<string, Options>

/** Up to this many steps a check takes a few milliseconds at most. */
const quickSteps = 4 * 1024 * 1024

/** Some formats are expressions that backtrack, and no honest value of theirs is longer. */
const formatCharacters = 4096
/** Up to here the square of a length is quick, too. */
const quickFormatCharacters = 1024
/** Those that look at each character once, whatever the length. */
const linearFormats = new Set<string>(['binary', 'byte', 'date', 'password'])

/** Has compiled the draft's own schemas, which takes fifty times as long as a tool's. */
const draft = new Ajv2020()

/**
 * Does what only the first `compileJsonSchema` has to do; more
 * calls cost nothing. It must not be stopped in the middle.
 */
function prepareJsonSchema(): void {
  draft.validateSchema({})
}

/**
 * Compiles a schema of draft 2020-12. Its `$id` does not count.
 * @throws Error with a sentence when it cannot be compiled,
 * names a pattern that is none, or takes too long
 */
export function compileJsonSchema(schema: Record<string, unknown>, mode: keyof typeof modes): JsonCheck {
  // Ajv's own keyword for a check that answers with a
  // promise: whoever takes that for a yes lets everything in.
  if (schema.$async !== undefined) throw new Error('the schema must not have "$async"')
  prepareJsonSchema()
  const text = JSON.stringify(schema)
  /** What refers to itself may be looked at in exponentially many ways. */
  const isRecursive = /"(?:\$ref|\$dynamicRef)"/.test(text)
  const hasFormat = text.includes('"format"')
  const compile = () => withinTime(limits.schemaCompileMs, () => compileOrSayWhere(schema, modes[mode]))
  let compiled: Compiled | undefined = compile()
  return (value, size) => {
    compiled ??= compile()
    const { validate, steps } = compiled
    const check = () => (validate(value) ? undefined : (validate.errors?.[0] ?? unknownFlaw))
    const isSteep = isRecursive || (hasFormat && size > quickFormatCharacters)
    if (!isSteep && (text.length + steps) * size <= quickSteps) return check()
    try {
      return withinTime(limits.argumentsCheckMs, check)
    } catch (error) {
      // What was stopped in the middle may have left its pattern engine half way.
      if (error instanceof TookTooLong) compiled = undefined
      throw error
    }
  }
}

interface Compiled {
  validate: ValidateFunction
  steps: number
}

const unknownFlaw: ErrorObject = { instancePath: '', schemaPath: '', keyword: 'false schema', params: {} }

/**
 * An instance of its own: one never lets go of what it compiled,
 * nor of the names inside that other schemas could see.
 */
function compileWith(schema: Record<string, unknown>, options: Options): Compiled {
  const patterns = createPatternEngine()
  const ajv = new Ajv2020({ ...options, meta: false, ownProperties: true, code: { regExp: patterns.regExp } })
  Object.assign(ajv.schemas, draft.schemas)
  Object.assign(ajv.refs, draft.refs)
  formats.default(ajv)
  for (const [name, format] of Object.entries(ajv.formats)) {
    if (format !== undefined && !linearFormats.has(name)) ajv.addFormat(name, bounded(format))
  }
  // Ajv compares each item with each other.
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (wanted: boolean) => (items: unknown[]) => !wanted || areDistinct(items),
    error: { message: 'must NOT have duplicate items' },
  })
  return { validate: ajv.compile({ ...schema, $id: undefined }), steps: patterns.steps() }
}

/** @throws Error that names the place of a pattern that is none */
function compileOrSayWhere(schema: Record<string, unknown>, options: Options): Compiled {
  try {
    return compileWith(schema, options)
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

function areDistinct(items: readonly unknown[]): boolean {
  const seen = new Set(items.map((item) => JSON.stringify(item, sorted)))
  return seen.size === items.length
}

/** Members in one order, so that equal objects have equal texts. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  // Pairs and no object: an object has an order of its
  // own for keys that are numbers, and a prototype.
  return { '': Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) }
}

/** The same format for texts of the honest length only. */
function bounded(format: AddedFormat): AddedFormat {
  if (format === true) return true
  if (format instanceof RegExp) return (text: string) => text.length <= formatCharacters && format.test(text)
  if (typeof format === 'function') return (text: string) => text.length <= formatCharacters && format(text)
  if (!isTextFormat(format)) return format
  const { validate } = format
  const test = typeof validate === 'function' ? validate : (text: string) => new RegExp(validate).test(text)
  return { ...format, validate: (text: string) => text.length <= formatCharacters && test(text) }
}

function isTextFormat(format: AddedFormat): format is FormatDefinition<string> {
  return typeof format === 'object' && 'validate' in format && format.type !== 'number' && format.async !== true
}
