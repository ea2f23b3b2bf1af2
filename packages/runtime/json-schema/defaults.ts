// The `default`s of a schema that count whatever the value is: of members, also those of members
// and items, through `allOf` and `$ref`. What stands in `anyOf`, `oneOf`, `if`, `dependentSchemas`
// or `patternProperties` may not be meant, and is no more than a remark.
import { limits } from '@xerotier/protocol/limits.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { findResources, type Target } from './resources.ts'
import { lookUpSteps, nameSteps, type Run, TooCostly } from './run.ts'

export interface Defaults {
  /**
   * The value with what it leaves out; the very same when that is nothing.
   * @throws TooCostly
   */
  fill(value: unknown, run: Run): unknown
  /** The value of each that may be filled in, with what it leaves out itself. @throws TooCostly */
  all(run: Run): Iterable<FoundDefault>
}

export interface FoundDefault extends Target {
  value: unknown
  /** Where it would stand: numbers of items, names of members, `*` for any name. */
  path: readonly string[]
  /** A value of the whole schema that has it there, and nothing else. */
  whole: unknown
}

interface Node extends Target {
  schema: Readonly<Record<string, unknown>>
  /** Look at the same value. */
  inPlace: Node[]
  properties: Map<string, Node>
  /** What `properties` does not name, unless `patternProperties` may. */
  others: Node | undefined
  first: (Node | undefined)[]
  items: Node | undefined
}

/** @returns undefined when there are none */
export function compileDefaults(schema: unknown): Defaults | undefined {
  const root = nodesOf(schema)
  if (root === undefined) return undefined

  const fill = (node: Node, value: unknown, filling: Filling): unknown => {
    filling.run.enter()
    filling.run.spend(lookUpSteps)
    let filled = value
    if (Array.isArray(filled)) filled = fillItems(node, filled, filling)
    else if (isRecord(filled)) filled = fillMembers(node, filled, filling)
    for (const again of node.inPlace) filled = fill(again, filled, filling)
    filling.run.leave()
    return filled
  }
  const fillItems = (node: Node, items: unknown[], filling: Filling): unknown[] => {
    if (node.items === undefined && node.first.length === 0) return items
    const inner = { ...filling, depth: filling.depth + 1 }
    const filled = items.map((item, at) => {
      const of = at < node.first.length ? node.first[at] : node.items
      return of === undefined ? item : fill(of, item, inner)
    })
    return filled.every((item, at) => item === items[at]) ? items : filled
  }
  const fillMembers = (node: Node, members: Record<string, unknown>, filling: Filling): Record<string, unknown> => {
    const inner = { ...filling, depth: filling.depth + 1 }
    const changed = new Map<string, unknown>()
    const look = (name: string, of: Node) => {
      const filled = fill(of, members[name], inner)
      if (filled !== members[name]) changed.set(name, filled)
    }
    filling.run.spend(node.properties.size * nameSteps)
    for (const [name, of] of node.properties) {
      if (Object.hasOwn(members, name)) {
        look(name, of)
        continue
      }
      const found = defaultOf(of, inner)
      if (found !== undefined) changed.set(name, fill(of, found.value, inner))
    }
    if (node.others !== undefined) {
      const { properties } = node.schema
      for (const name of Object.keys(members)) {
        filling.run.spend(nameSteps)
        if (!isRecord(properties) || !Object.hasOwn(properties, name)) look(name, node.others)
      }
    }
    if (changed.size === 0) return members
    // A member may be called `__proto__`.
    return Object.fromEntries([...Object.entries(members), ...changed])
  }

  return {
    fill: (value, run) => fill(root, value, { run, depth: 0, bytes: { left: limits.argumentsBytes } }),
    *all(run) {
      for (const { node, path, around } of placesOf(root)) {
        if (!Object.hasOwn(node.schema, 'default')) continue
        const filling = { run, depth: 0, bytes: { left: limits.argumentsBytes } }
        const { schema, resource } = node
        const value = fill(node, schema.default, filling)
        yield { schema, resource, path, value, whole: around(value) }
      }
    },
  }
}

interface Filling {
  run: Run
  /** Of the value, inside the whole. */
  depth: number
  /** What all that is filled in may still take. */
  bytes: { left: number }
}

/** That of a schema itself, or of the first that looks at the same value. */
function defaultOf(node: Node, { run, depth, bytes }: Filling): { value: unknown } | undefined {
  run.enter()
  run.spend(lookUpSteps)
  let found: { value: unknown } | undefined
  if (Object.hasOwn(node.schema, 'default')) {
    // One that holds itself would never end.
    if (depth > limits.argumentsDepth) throw new TooCostly('its defaults hold each other without end')
    const value = node.schema.default
    bytes.left -= JSON.stringify(value)?.length ?? 0
    if (bytes.left < 0) throw new TooCostly(`its defaults are larger than ${limits.argumentsBytes} bytes`)
    found = { value }
  }
  for (const again of node.inPlace) found ??= defaultOf(again, { run, depth, bytes })
  run.leave()
  return found
}

/** The root of the schemas that look at every value; undefined when none has a default. */
function nodesOf(schema: unknown): Node | undefined {
  const resources = findResources(schema)
  const nodes = new Map<unknown, Node>()
  const open: Node[] = []
  let some = false

  const nodeOf = (target: Target | undefined): Node | undefined => {
    if (target === undefined || !isRecord(target.schema)) return undefined
    const known = nodes.get(target.schema)
    if (known !== undefined) return known
    const node: Node = {
      schema: target.schema,
      resource: resources.of(target.schema, target.resource),
      inPlace: [],
      properties: new Map(),
      others: undefined,
      first: [],
      items: undefined,
    }
    nodes.set(target.schema, node)
    open.push(node)
    some ||= Object.hasOwn(target.schema, 'default')
    return node
  }
  const complete = (node: Node) => {
    const { schema, resource } = node
    const below = (inner: unknown) => nodeOf({ schema: inner, resource })
    const { allOf, $ref, properties, additionalProperties, patternProperties, prefixItems, items } = schema
    const inPlace = [
      ...(Array.isArray(allOf) ? allOf.map(below) : []),
      typeof $ref === 'string' ? nodeOf(resources.find($ref, resource)) : undefined,
    ]
    node.inPlace = inPlace.filter((one) => one !== undefined)
    for (const [name, inner] of isRecord(properties) ? Object.entries(properties) : []) {
      const of = below(inner)
      if (of !== undefined) node.properties.set(name, of)
    }
    if (patternProperties === undefined) node.others = below(additionalProperties)
    node.first = Array.isArray(prefixItems) ? prefixItems.map(below) : []
    node.items = below(items)
  }

  const root = nodeOf({ schema, resource: resources.root })
  for (let next = open.pop(); next !== undefined; next = open.pop()) complete(next)
  return some ? root : undefined
}

interface Placed {
  node: Node
  path: readonly string[]
  /** The whole, with a value in this place. */
  around(value: unknown): unknown
}

/** Every schema once, with the first way to it. */
function* placesOf(root: Node): Iterable<Placed> {
  const seen = new Set<Node>()
  const open: Placed[] = [{ node: root, path: [], around: (value) => value }]
  for (const next of open) {
    const { node, path, around } = next
    if (seen.has(node)) continue
    seen.add(node)
    yield next
    for (const again of node.inPlace) open.push({ node: again, path, around })
    const members = node.others === undefined ? node.properties : [...node.properties, ['*', node.others] as const]
    for (const [name, of] of members)
      open.push({ node: of, path: [...path, name], around: (value) => around({ [name]: value }) })
    for (const [at, of] of [...node.first, node.items].entries()) {
      const before = Array(at).fill(null)
      if (of) open.push({ node: of, path: [...path, `${at}`], around: (value) => around([...before, value]) })
    }
  }
}
