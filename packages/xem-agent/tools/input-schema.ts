// Compiles a tool's JSON Schema (2020-12) into the check that every call passes at the agent.
import { compileJsonSchema } from '@xerotier/runtime/json-schema.ts'
import type { ErrorObject } from 'ajv'

const modes = {
  /** Our bundles: an unknown keyword is a typing error. `strictRequired` is off, as conditional parts name keys from outside. */
  strict: { strict: true, strictRequired: false, strictTypes: false },
  /** Schemas of MCP servers, whose authors use other drafts' keywords; unknown ones are ignored, as JSON Schema says. */
  lenient: { strict: false, logger: false },
} as const
/** @throws Error with a sentence when the schema is none, or is no object schema. */
export function compileInputSchema(
  schema: Record<string, unknown>,
  mode: keyof typeof modes,
): (args: unknown) => string | undefined {
  if (schema.type !== 'object') throw new Error('input_schema must have "type: object"')
  // As the router compiles it: what only holds with the $id would have the whole manifest refused there.
  const validate = compileJsonSchema(schema, modes[mode])
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
