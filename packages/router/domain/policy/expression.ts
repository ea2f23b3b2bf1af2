// A CEL expression of a policy: checked when it is written, evaluated for each call. Two libraries,
// each for what it does well (docs/adr/0008-dependencies.md): one knows types, and the other the
// language to the letter, with patterns in linear time.
import {
  type CelInput,
  type CelMap,
  CelScalar,
  celEnv,
  celMap,
  isCelError,
  mapType,
  objectType,
  parse,
  plan,
  unparse,
} from '@bufbuild/cel'
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { TimestampSchema, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { reasonOfParser } from '@xerotier/protocol/depth.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { createLatePatterns } from '@xerotier/runtime/json-schema/patterns.ts'
import { Run } from '@xerotier/runtime/json-schema/run.ts'
import { type Bounds, boundsOf } from './expression-bounds.ts'
import type { CallFacts } from './facts.ts'
import { knownBy } from './known.ts'
import { checkTypes, type Misfit, type Range, tooDeep } from './type-checker.ts'

export type Verdict = { matched: boolean } | { error: string }

export interface Expression {
  text: string
  evaluate(bound: BoundFacts): Verdict
  /** The same where it is seen at once; undefined where it has to be evaluated. */
  known(facts: CallFacts): boolean | undefined
  /** What must all be true, each with its text: for the index, and to say what was false. */
  conjuncts: Conjunct[]
}

export interface Conjunct {
  text(): string
  node: Expr
  evaluate(bound: BoundFacts): Verdict
}

/** Of the expression that is evaluated now: nothing in it waits. */
let matching = new Run(limits.schemaSteps)

const env = celEnv({
  re2: createLatePatterns(() => matching),
  variables: {
    project: CelScalar.STRING,
    workspace: CelScalar.STRING,
    tool: CelScalar.STRING,
    risk: CelScalar.STRING,
    args: mapType(CelScalar.STRING, CelScalar.DYN),
    requester: mapType(CelScalar.STRING, CelScalar.DYN),
    agent: mapType(CelScalar.STRING, CelScalar.DYN),
    time: objectType(TimestampSchema),
    labels: mapType(CelScalar.STRING, CelScalar.STRING),
  },
})

/** The facts of one call, made ready once for all expressions. */
export interface BoundFacts {
  bindings: Parameters<ReturnType<typeof planned>>[0]
  size(): Size
}

/** Of arguments: the longest list, the longest text, and how many values there are. */
interface Size {
  items: number
  characters: number
  values: number
}

export function bindFacts({ at, ...facts }: CallFacts): BoundFacts {
  let size: Size | undefined
  return {
    bindings: {
      ...facts,
      args: mapOf(facts.args),
      requester: mapOf(facts.requester),
      agent: mapOf(facts.agent),
      labels: new Map(Object.entries(facts.labels)),
      time: timestampFromMs(at),
    },
    size() {
      size ??= sizeOf(facts.args)
      return size
    },
  }
}

/** What is wrong with an expression, and where in it, as far as that is known. */
export class ExpressionFault extends Error {
  readonly range: Range | undefined
  constructor({ message, range }: Misfit) {
    super(message)
    this.range = range
  }
}

/**
 * @throws Error that says what is wrong with it, in words for its author
 */
export function compileExpression(text: string): Expression {
  const checked = checkTypes(text)
  if (checked !== undefined) throw new ExpressionFault(checked)
  let root: Expr | undefined
  try {
    root = parse(text).expr
  } catch (error) {
    throw new Error(reasonOfParser(error, tooDeep))
  }
  if (root === undefined) throw new Error('is empty')
  const bounds = boundsOf(root)
  return {
    text,
    evaluate: evaluator(root, bounds),
    known: knownBy(root),
    conjuncts: conjunctsOf(root).map((node) => ({
      node,
      text: () => textOf(node),
      // Asked by people who try a policy, and never for a call.
      evaluate: (bound) => evaluator(node, bounds)(bound),
    })),
  }
}

function planned(node: Expr) {
  return plan(env, node)
}

function evaluator(node: Expr, bounds: Bounds): (bound: BoundFacts) => Verdict {
  const run = planned(node)
  return (bound) => {
    const excess = excessOf(bound, bounds)
    if (excess !== undefined) return { error: excess }
    matching = new Run(limits.schemaSteps)
    const value = run(bound.bindings)
    if (isCelError(value)) return { error: value.message }
    return typeof value === 'boolean' ? { matched: value } : { error: `is ${typeof value}, and not true or false` }
  }
}

/** Why these arguments are too large for this expression. */
function excessOf(bound: BoundFacts, bounds: Bounds): string | undefined {
  const { comparisons, loops, matches } = bounds
  if (loops === 0 && comparisons === 0 && !matches) return undefined
  const { items, characters } = bound.size()
  // A loop in a loop goes through all pairs.
  const most = Math.floor(limits.policyLoopItems ** (1 / Math.max(1, loops)))
  if (loops > 0 && items > most) return `the arguments hold a list of ${items}, and it goes through ${most} at most`
  if (workOf(bound.size(), bounds) > limits.policyWork)
    return `the arguments are too large for it: a list of ${items}, a text of ${characters} characters`
  if (matches && characters > limits.policyMatchedCharacters)
    return `the arguments hold a text of ${characters} characters, and ${limits.policyMatchedCharacters} at most are matched`
  return undefined
}

/** What it takes to compare two members of lists, as characters. */
const charactersPerValue = 50

function workOf({ items, characters, values }: Size, { parts, comparisons, loops }: Bounds): number {
  const rounds = items ** loops
  return (loops === 0 ? 0 : parts * rounds * characters) + comparisons * rounds * values * charactersPerValue
}

/** What must all hold: `a && b && c`, without what stands under an or. */
function conjunctsOf(node: Expr): Expr[] {
  const { exprKind } = node
  if (exprKind.case !== 'callExpr' || exprKind.value.function !== '_&&_') return [node]
  return exprKind.value.args.flatMap(conjunctsOf)
}

/** Its own words, or what stands for them where a loop cannot be written back. */
function textOf(node: Expr): string {
  try {
    return unparse(node)
  } catch {
    return 'a condition with a loop'
  }
}

/** JSON as CEL has it. */
function celOf(value: unknown): CelInput {
  if (Array.isArray(value)) return value.map(celOf)
  if (typeof value === 'object' && value !== null) return mapOf(value)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/**
 * A map has no prototype, and is read faster than an object. That of the library takes a null for
 * no member at all, so that a null would be the way past `has` and `in`.
 */
function mapOf(value: object): CelMap {
  const map = celMap(new Map(Object.entries(value).map(([key, member]) => [key, celOf(member)])))
  map.has = (key) => map.get(key) !== undefined
  return map
}

function sizeOf(value: unknown): Size {
  if (typeof value === 'string') return { items: 0, characters: value.length, values: 1 }
  if (typeof value !== 'object' || value === null) return { items: 0, characters: 0, values: 1 }
  const members: unknown[] = Object.values(value)
  let items = members.length
  let characters = 0
  let values = 1
  for (const member of members) {
    const inner = sizeOf(member)
    items = Math.max(items, inner.items)
    characters = Math.max(characters, inner.characters)
    values += inner.values
  }
  return { items, characters, values }
}
