// A schema as functions that call each other. Nothing is made into code: what is
// compiled costs little, is collected with its schema, and pays for every step that it takes.
import { limits } from '@xerotier/protocol/limits.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { type Check, type Compiler, refuse } from './context.ts'
import { addEvaluated, type Evaluated, nothingEvaluated } from './evaluated.ts'
import { type Flaw, flaw } from './flaw.ts'
import { annotations, keywords } from './keywords/table.ts'
import { createPatterns } from './patterns.ts'
import { findResources, type Resource, schemaDepthMax, type Target } from './resources.ts'
import type { Run } from './run.ts'

interface Node {
  checks: Check[]
  resource: Resource
  /** Begins with nothing evaluated. */
  isFresh: boolean
  check: Check
}

/** What it costs to look at a value with a schema, whatever stands in it. */
const nodeSteps = 5

const misfit = flaw('false schema', 'boolean schema is false')
const always: Check = (_, run) => void run.spend(1)
const never: Check = (_, run) => {
  run.spend(1)
  return misfit
}

export interface CompiledSchema {
  check: Check
  /** The check of a schema in it. */
  checkOf(target: Target): Check
}

/** @throws Error with a sentence that names the place of what cannot be used */
export function compile(schema: Record<string, unknown>, isStrict: boolean): CompiledSchema {
  const resources = findResources(schema)
  const patternFor = createPatterns()
  const nodes = new Map<unknown, Node>()

  const checkOf = ({ schema: target, resource }: Target, place: string, depth: number): Check => {
    if (target === true) return always
    if (target === false) return never
    if (!isRecord(target)) return refuse(place, 'must be a schema: an object, true or false')
    const known = nodes.get(target)
    if (known !== undefined) return known.check
    if (depth > schemaDepthMax) return refuse(place, `the schema is nested deeper than ${schemaDepthMax} levels`)
    if (nodes.size >= limits.schemaParts) return refuse(place, `the schema has more than ${limits.schemaParts} parts`)
    const node = createNode(resources.of(target, resource))
    // Before what is in it, which may refer to it.
    nodes.set(target, node)
    fill(node, target, place, depth)
    return node.check
  }
  const fill = (node: Node, target: Record<string, unknown>, place: string, depth: number) => {
    const found = []
    for (const name of Object.keys(target)) {
      const keyword = keywords.get(name)
      if (keyword !== undefined) found.push(keyword)
      else if (isStrict && !annotations.has(name)) refuse(place, `unknown keyword "${name}"`)
    }
    found.sort((a, b) => a.order - b.order)
    for (const { name, compile } of found) {
      const at = place === '' ? name : `${place}.${name}`
      const check = compile(target[name], { place: at, schema: target, resource: node.resource, depth, compiler })
      if (check !== undefined) node.checks.push(check)
      if (name.startsWith('unevaluated')) node.isFresh = true
    }
  }
  const compiler: Compiler = {
    isStrict,
    below: (inner, place, { resource, depth }) => checkOf({ schema: inner, resource }, place, depth + 1),
    refer: (ref, { resource, place, depth }) => checkOf(found(ref, resource, place), place, depth + 1),
    referDynamically(ref, { resource, place, depth }) {
      const target = found(ref, resource, place)
      const name = ref.slice(ref.indexOf('#') + 1)
      const fixed = checkOf(target, place, depth + 1)
      return target.resource.dynamic.get(name) === target.schema ? dynamicCheck(name, fixed) : fixed
    },
    pattern(source, place) {
      try {
        return patternFor(source)
      } catch (error) {
        throw new SyntaxError(`${place}: ${messageOf(error)}`, { cause: error })
      }
    },
  }
  const found = (ref: string, from: Resource, place: string): Target =>
    resources.find(ref, from) ?? refuse(place, `the reference ${ref} leads nowhere`)

  /** Of the outermost resource on the way that has the anchor. */
  const dynamicCheck =
    (name: string, fixed: Check): Check =>
    (value, run, seen) => {
      run.spend(run.scope.length)
      const outer = run.scope.find((resource) => resource.dynamic.has(name))
      const check = outer && checkOf({ schema: outer.dynamic.get(name), resource: outer }, name, 0)
      return (check ?? fixed)(value, run, seen)
    }

  const check = checkOf({ schema, resource: resources.root }, '', 0)
  return { check, checkOf: (target) => checkOf(target, '', 0) }
}

function createNode(resource: Resource): Node {
  const node: Node = { checks: [], resource, isFresh: false, check }
  function check(value: unknown, run: Run, seen: Evaluated | undefined): Flaw | undefined {
    run.spend(nodeSteps + node.checks.length)
    run.enter()
    const isEntry = run.scope.at(-1) !== resource
    if (isEntry) run.scope.push(resource)
    const found = node.isFresh ? checkAfresh(node, value, run, seen) : checkAll(node, value, run, seen)
    if (isEntry) run.scope.pop()
    run.leave()
    return found
  }
  return node
}

function checkAll({ checks }: Node, value: unknown, run: Run, seen: Evaluated | undefined): Flaw | undefined {
  for (const check of checks) {
    const found = check(value, run, seen)
    if (found !== undefined) return found
  }
  return undefined
}

function checkAfresh(node: Node, value: unknown, run: Run, seen: Evaluated | undefined): Flaw | undefined {
  const own = nothingEvaluated()
  const found = checkAll(node, value, run, own)
  if (found === undefined && seen !== undefined) addEvaluated(seen, own, run)
  return found
}
