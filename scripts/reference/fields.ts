// A zod schema as a table of its fields, by way of JSON Schema.
import { z } from 'zod'
import { code, table } from './markdown.ts'

interface JsonSchema {
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  additionalProperties?: boolean | JsonSchema
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  default?: unknown
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as JsonSchema
}

/**
 * Columns: field, type, notes. Nested fields are dotted,
 * list items end in `[]`. Empty when there is no field.
 */
export function fieldTable(schema: z.ZodType, io: 'input' | 'output'): string {
  const rows = rowsOf(jsonSchemaOf(schema, io), '')
  return rows.length === 0 ? '' : table(['Field', 'Type', ''], rows)
}

function rowsOf(schema: JsonSchema, path: string): string[][] {
  const rows: string[][] = []
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const at = path === '' ? name : `${path}.${name}`
    rows.push([code(at), typeOf(field), notesOf(field, schema.required?.includes(name) ?? false)])
    rows.push(...nestedRows(field, at))
  }
  return rows
}

function nestedRows(field: JsonSchema, at: string): string[][] {
  const plain = withoutNull(field)
  if (plain.properties) return rowsOf(plain, at)
  if (plain.items) return nestedRows(plain.items, `${at}[]`)
  return []
}

/** The other half of `x | null`. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const [only, ...others] = schema.anyOf?.filter((one) => one.type !== 'null') ?? []
  return only !== undefined && others.length === 0 ? only : schema
}

function typeOf(schema: JsonSchema): string {
  const variants = schema.anyOf ?? schema.oneOf
  if (variants) return [...new Set(variants.map(typeOf))].join(' or ')
  if (schema.const !== undefined) return code(JSON.stringify(schema.const))
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ')
  if (schema.items) return `list of ${typeOf(schema.items)}`
  if (schema.type === 'null') return 'null'
  if (Array.isArray(schema.type)) return schema.type.join(' or ')
  if (schema.format === 'date-time') return 'time (ISO 8601)'
  return schema.type ?? 'any'
}

const safe = (value: number | undefined) => (value !== undefined && Number.isSafeInteger(value) ? value : undefined)
const unbounded = (value: number | undefined) => value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER

function notesOf(schema: JsonSchema, required: boolean): string {
  const plain = withoutNull(schema)
  const notes: string[] = []
  if (schema.default !== undefined) notes.push(`default ${code(JSON.stringify(schema.default))}`)
  else if (!required) notes.push('optional')
  if (!unbounded(safe(plain.minimum))) notes.push(`at least ${plain.minimum}`)
  if (plain.exclusiveMinimum !== undefined) notes.push(`more than ${plain.exclusiveMinimum}`)
  if (!unbounded(safe(plain.maximum))) notes.push(`at most ${plain.maximum}`)
  if (plain.minLength !== undefined && plain.minLength === plain.maxLength) notes.push(`${plain.minLength} characters`)
  else if (plain.maxLength !== undefined) notes.push(`at most ${plain.maxLength} characters`)
  if (plain.maxItems !== undefined) notes.push(`at most ${plain.maxItems} items`)
  if (plain.pattern !== undefined && plain.format !== 'date-time') notes.push(code(plain.pattern))
  return notes.join('; ')
}
