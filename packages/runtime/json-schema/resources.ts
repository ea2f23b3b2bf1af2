// Where the references of a schema lead: what has an `$id` is a resource, with anchors of its own.
import { limits } from '@xerotier/protocol/limits.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { draftDocuments } from './draft.ts'

/** A schema with a name, and all below it that has no other. */
export interface Resource {
  /** Empty for the whole, whose own `$id` does not count. */
  uri: string
  root: unknown
  anchors: Map<string, unknown>
  /** Those that `$dynamicRef` looks for, on the way that a check came. */
  dynamic: Map<string, unknown>
}

export interface Target {
  schema: unknown
  resource: Resource
}

export interface Resources {
  root: Resource
  /** The one that a schema belongs to; its own, or that of what is around it. */
  of(schema: unknown, around: Resource): Resource
  /** undefined when it leads nowhere. */
  find(ref: string, from: Resource): Target | undefined
}

/** Relative names need a base, and no schema can have this one. */
const base = 'schema:///'

/** What a keyword holds: a schema, or several of them. */
const below = new Map<string, 'one' | 'many'>([
  ...[
    ...['additionalProperties', 'propertyNames', 'contains', 'items', 'not', 'if', 'then', 'else'],
    ...['unevaluatedItems', 'unevaluatedProperties'],
  ].map((name) => [name, 'one'] as const),
  ...[
    ...['allOf', 'anyOf', 'oneOf', 'prefixItems'],
    ...['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'],
  ].map((name) => [name, 'many'] as const),
])

/** How deep schemas may be inside each other, so that whoever follows them has stack enough. */
export const schemaDepthMax = 200

/** @throws Error when it is nested too deep */
export function findResources(schema: unknown): Resources {
  const owners = new Map<unknown, Resource>()
  const byUri = new Map<string, Resource>()
  const add = (uri: string, root: unknown): Resource => {
    const resource: Resource = { uri, root, anchors: new Map(), dynamic: new Map() }
    if (uri !== '') byUri.set(uri, resource)
    return resource
  }
  const walk = (node: unknown, around: Resource, depth: number) => {
    if (!isRecord(node) || owners.has(node)) return
    if (depth > schemaDepthMax) throw new Error(`the schema is nested deeper than ${schemaDepthMax} levels`)
    const uri = typeof node.$id === 'string' && node !== around.root ? absolute(node.$id, around.uri) : undefined
    const resource = uri === undefined ? around : add(withoutFragment(uri), node)
    owners.set(node, resource)
    if (owners.size > limits.schemaParts) throw new Error(`the schema has more than ${limits.schemaParts} parts`)
    if (typeof node.$anchor === 'string') resource.anchors.set(node.$anchor, node)
    if (typeof node.$dynamicAnchor === 'string') {
      resource.anchors.set(node.$dynamicAnchor, node)
      resource.dynamic.set(node.$dynamicAnchor, node)
    }
    for (const [name, inner] of Object.entries(node)) {
      if (typeof inner !== 'object' || inner === null) continue
      const kind = below.get(name)
      if (kind === 'one') walk(inner, resource, depth + 1)
      if (kind === 'many') for (const one of Object.values(inner)) walk(one, resource, depth + 1)
    }
  }
  const root = add('', schema)
  walk(schema, root, 0)

  const resourceAt = (uri: string): Resource | undefined => {
    const known = byUri.get(uri)
    if (known !== undefined) return known
    const document = draftDocuments.get(uri)
    if (document === undefined) return undefined
    const resource = add(uri, document)
    walk(document, resource, 0)
    return resource
  }
  const resourceFor = (ref: string, from: Resource): Resource | undefined => {
    if (ref.startsWith('#') || ref === '') return from
    const uri = absolute(ref, from.uri)
    return uri === undefined ? undefined : resourceAt(withoutFragment(uri))
  }
  return {
    root,
    of: (node, around) => owners.get(node) ?? around,
    find(ref, from) {
      const resource = resourceFor(ref, from)
      return resource && targetOf(ref, resource, owners)
    },
  }
}

function targetOf(ref: string, resource: Resource, owners: ReadonlyMap<unknown, Resource>): Target | undefined {
  const fragment = fragmentOf(ref)
  if (fragment === undefined) return undefined
  if (fragment === '') return { schema: resource.root, resource }
  if (!fragment.startsWith('/')) {
    const schema = resource.anchors.get(fragment)
    return schema === undefined ? undefined : { schema, resource }
  }
  let schema = resource.root
  let owner = resource
  for (const part of fragment.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof schema !== 'object' || schema === null || !Object.hasOwn(schema, key)) return undefined
    schema = Reflect.get(schema, key)
    owner = owners.get(schema) ?? owner
  }
  return { schema, resource: owner }
}

/** undefined when it cannot be read. */
function fragmentOf(ref: string): string | undefined {
  const at = ref.indexOf('#')
  try {
    return at === -1 ? '' : decodeURIComponent(ref.slice(at + 1))
  } catch {
    return undefined
  }
}

function withoutFragment(uri: string): string {
  return uri.replace(/#.*$/s, '')
}

function absolute(ref: string, from: string): string | undefined {
  return URL.parse(ref, from === '' ? base : from)?.href
}
