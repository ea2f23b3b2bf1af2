// The top level of a tool's argument schema, as far as a command line needs it.
import { nearest } from '../../nearest.ts'

export type InputSchema = Record<string, unknown>

export interface Property {
  type?: unknown
  items?: Property
}

/** Own properties only: `toString` is no argument of anything. */
export function propertyOf(schema: InputSchema, name: string): Property | undefined {
  return propertiesOf(schema).get(name)
}

export function typesOf(property: Property | undefined): string[] {
  const types = Array.isArray(property?.type) ? property.type : [property?.type]
  return types.filter((type) => typeof type === 'string')
}

/**
 * What is wrong with the names of the arguments: those that the tool does not know stand beside
 * those it misses.
 */
export function misnamed(tool: string, args: Record<string, unknown>, schema: InputSchema): string | undefined {
  const properties = propertiesOf(schema)
  if (properties.size === 0) return undefined
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  const missing = required.filter((name) => !Object.hasOwn(args, name))
  const unknown = Object.keys(args).filter((name) => !properties.has(name))
  if (unknown.length === 0) return undefined
  const known = [...properties.keys()]
  const sentences = unknown.map((name) => {
    const meant = nearest(name, missing) ?? nearest(name, known) ?? (missing.length === 1 ? missing[0] : undefined)
    return `${tool} has no argument '${name}'${meant === undefined ? '' : `; did you mean '${meant}'?`}`
  })
  const all = known.map((name) => (required.includes(name) ? `${name} (required)` : name))
  return `${sentences.map((one) => (one.endsWith('?') ? one : `${one}.`)).join(' ')} It takes ${all.join(', ')}.`
}

function propertiesOf(schema: InputSchema): Map<string, Property> {
  const { properties } = schema
  return new Map(typeof properties === 'object' && properties !== null ? Object.entries(properties) : [])
}
