// Arguments that a schema marks `writeOnly` or `format: password`. They go to the program and
// nowhere else: record, events and reviewers have a commitment in their place, to a value that only
// who knows the nonce can test.

import { z } from 'zod'
import { Fault } from './errors.ts'
import { limits } from './limits.ts'
import { isRecord } from './record.ts'

/** One secret on its way to the agent. */
export const callSecretSchema = z.object({
  /** Where it stands in the arguments. */
  path: z
    .array(z.string())
    .min(1)
    .max(limits.argumentsDepth + 1),
  nonce: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 32, 'must be 32 bytes'),
  value: z.unknown(),
})
export type CallSecret = z.infer<typeof callSecretSchema>

/** What stands in place of a secret. */
export function secretMark(commitment: string): { $secret: string } {
  return { $secret: commitment }
}

export function isSecretMark(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).length !== 1) return false
  return typeof value.$secret === 'string' && /^[0-9a-f]{64}$/.test(value.$secret)
}

/** Whether some property of the schema may be a secret, at a glance. */
export function mayHoldSecrets(schema: unknown): boolean {
  return /"writeOnly":true|"format":"password"/.test(JSON.stringify(schema))
}

/** Keywords that look at the same value again. */
const inPlaceLists = ['allOf', 'anyOf', 'oneOf'] as const
const inPlace = ['if', 'then', 'else', 'not'] as const

/**
 * The paths of the secrets that arguments hold. Every branch of the schema is followed, whether or
 * not the value fits it: what may be a secret is one. Each is followed once for each value, however
 * many references lead to it.
 * @param looked is told how many looks it took
 * @throws Fault invalid_arguments when schema and arguments together are too much to look through
 */
export function secretPaths(schema: unknown, args: unknown, looked?: (count: number) => void): string[][] {
  const found: string[][] = []
  let looks = 0
  follow(schema, args, placeOf([]))
  looked?.(looks)
  return found

  function look(): void {
    looks += 1
    if (looks <= limits.secretLooks) return
    looked?.(looks)
    const message = 'The arguments and the schema are too large together to find the secrets.'
    throw new Fault('invalid_arguments', { message, param: 'args' })
  }

  function follow(node: unknown, value: unknown, place: Place): void {
    if (!isRecord(node) || place.isSecret || place.seen.has(node)) return
    place.seen.add(node)
    look()
    if (place.path.length > 0 && isSecret(node)) {
      place.isSecret = true
      found.push(place.path)
      return
    }
    const again = (next: unknown) => follow(next, value, place)
    for (const key of inPlace) again(node[key])
    for (const key of inPlaceLists) for (const next of listOf(node[key])) again(next)
    if (isRecord(node.dependentSchemas)) for (const next of Object.values(node.dependentSchemas)) again(next)
    if (typeof node.$ref === 'string') again(resolved(schema, node.$ref))
    if (!looksBelow(node)) return
    for (const [key, item] of childrenOf(value)) {
      look()
      for (const next of subschemas(node, value, key)) if (isRecord(next)) follow(next, item, below(place, key))
    }
  }
}

/** Where a value stands, and the schemas that have looked at it. */
interface Place {
  path: string[]
  seen: Set<unknown>
  isSecret: boolean
  below: Map<string, Place>
}

function placeOf(path: string[]): Place {
  return { path, seen: new Set(), isSecret: false, below: new Map() }
}

function below(place: Place, key: string): Place {
  let inner = place.below.get(key)
  if (inner === undefined) {
    inner = placeOf([...place.path, key])
    place.below.set(key, inner)
  }
  return inner
}

/** The value at a path; undefined where there is none. */
export function valueAt(args: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
    args,
  )
}

/** A copy of the arguments with another value at a path that is there. */
export function withValueAt<T>(args: T, path: readonly string[], value: unknown): T
export function withValueAt(args: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const copy = Array.isArray(args) ? [...args] : { ...Object(args) }
  const member = withValueAt(valueAt(args, [key]), rest, value)
  Object.defineProperty(copy, key, { value: member, enumerable: true, writable: true, configurable: true })
  return copy
}

function isSecret({ writeOnly, format }: Record<string, unknown>): boolean {
  return writeOnly === true || format === 'password'
}

/** Keywords whose schemas look at members and items. */
const belowKeywords = [
  ...['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'],
  ...['items', 'prefixItems', 'contains', 'unevaluatedItems'],
]

function looksBelow(node: Record<string, unknown>): boolean {
  return belowKeywords.some((keyword) => typeof node[keyword] === 'object')
}

/** What looks at one member or item. */
function subschemas(node: Record<string, unknown>, value: unknown, key: string): unknown[] {
  if (Array.isArray(value))
    return [node.items, node.contains, node.unevaluatedItems, listOf(node.prefixItems)[Number(key)]]
  const { properties, patternProperties } = node
  const own = isRecord(properties) && Object.hasOwn(properties, key) ? [properties[key]] : []
  const patterns = isRecord(patternProperties) ? Object.values(patternProperties) : []
  return [...own, ...patterns, node.additionalProperties, node.unevaluatedProperties]
}

/** `#` and `#/…` only: a tool's schema knows no other. */
function resolved(root: unknown, ref: string): unknown {
  if (ref === '#') return root
  if (!ref.startsWith('#/')) return undefined
  const keys = ref.slice(2).split('/')
  return valueAt(
    root,
    keys.map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')),
  )
}

function childrenOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
