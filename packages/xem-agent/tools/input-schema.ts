// Compiles a tool's JSON Schema (2020-12) into the check that every call passes at the agent.
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** Our bundles: an unknown keyword is a typing error. `strictRequired` is off, as conditional parts name keys from outside. */
const strict = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false })
/** Schemas of MCP servers, whose authors use other drafts' keywords; unknown ones are ignored, as JSON Schema says. */
const lenient = new Ajv2020({ strict: false, logger: false })
formats.default(strict)
formats.default(lenient)

/** @throws Error with a sentence when the schema is none, or is no object schema. */
export function compileInputSchema(
  schema: Record<string, unknown>,
  mode: 'strict' | 'lenient',
): (args: unknown) => string | undefined {
  if (schema.type !== 'object') throw new Error('input_schema must have "type: object"')
  const ajv = mode === 'strict' ? strict : lenient
  const validate = ajv.compile(schema)
  // Two bundles may use the same `$id`, and a reload reads the same one again.
  ajv.removeSchema(schema)
  if (typeof schema.$id === 'string') ajv.removeSchema(schema.$id)
  return (args) => (validate(args) ? undefined : sentence(validate.errors?.[0]))
}

/** Names the path and the rule, never the value. */
function sentence(error: ErrorObject | undefined): string {
  if (error === undefined) return 'the arguments do not fit the schema'
  const extra = (error.params as { additionalProperty?: string }).additionalProperty
  return `${error.instancePath || '/'} ${error.message ?? error.keyword}${extra === undefined ? '' : `: "${extra}"`}`.slice(
    0,
    500,
  )
}

/** `default` of each top-level property. */
export function defaultsOf(schema: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
      const fallback = typeof property === 'object' && property !== null && 'default' in property
      return fallback ? [[name, property.default]] : []
    }),
  )
}

export function propertiesOf(schema: Record<string, unknown>): Record<string, unknown> {
  const properties = schema.properties
  return typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {}
}
