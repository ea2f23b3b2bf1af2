// The part of JSON Schema that forms are drawn from.

export interface Schema {
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Schema[]
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  items?: Schema
  default?: unknown
  description?: string
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  maxLength?: number
}

export type Members = Readonly<Record<string, unknown>>

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a form begins with where there is nothing yet. */
export function blankOf(schema: Schema): unknown {
  const { default: given, const: only, enum: options, anyOf, properties, required = [] } = schema
  if (given !== undefined) return given
  if (only !== undefined) return only
  if (options !== undefined) return options[0]
  const [first] = anyOf ?? []
  if (first !== undefined) return blankOf(first)
  if (properties !== undefined) {
    const entries = required.map((name) => [name, blankOf(properties[name] ?? {})] as const)
    return Object.fromEntries(entries)
  }
  if (schema.type === 'array') return []
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 0
  return schema.type === 'boolean' ? false : ''
}

/** Which of several kinds a value is; the first when it is none of them. */
export function variantOf(variants: readonly Schema[], value: unknown): number {
  const at = variants.findIndex((variant) => looksLike(variant, value))
  return Math.max(0, at)
}

function looksLike({ const: only, type, properties, required = [] }: Schema, value: unknown): boolean {
  if (only !== undefined) return value === only
  if (type === 'object') {
    if (!isMembers(value)) return false
    const names = Object.keys(value)
    return names.every((name) => properties?.[name] !== undefined) && required.every((name) => name in value)
  }
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer' || type === 'number') return typeof value === 'number'
  return typeof value === type
}
