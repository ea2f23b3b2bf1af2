// What an expression can cost at most, read from its tree before it is ever evaluated.
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { limits } from '@xerotier/protocol/limits.ts'

export interface Bounds {
  parts: number
  /** How many of these compare values, which may be whole lists. */
  comparisons: number
  /** How deep loops (`all`, `exists`, `filter`, `map`) stand in each other. */
  loops: number
  /** Whether it matches patterns. */
  matches: boolean
}

/** @throws Error that says which bound it is over */
export function boundsOf(root: Expr): Bounds {
  let nodes = 0
  let comparisons = 0
  let loops = 0
  let matches = false

  const visit = (node: Expr, depth: number, within: number): void => {
    nodes++
    if (nodes > limits.policyExpressionNodes) throw new Error(`has more than ${limits.policyExpressionNodes} parts`)
    if (depth > limits.policyExpressionDepth)
      throw new Error(`is nested deeper than ${limits.policyExpressionDepth} levels`)
    const { exprKind } = node
    if (exprKind.case === 'comprehensionExpr') {
      loops = Math.max(loops, within + 1)
      if (loops > limits.policyExpressionLoops)
        throw new Error(`has more than ${limits.policyExpressionLoops} loops in each other`)
    }
    if (exprKind.case === 'callExpr' && exprKind.value.function === 'matches') matches = true
    if (comparing.has(functionOf(node)) && !childrenOf(node).some(isLiteral)) comparisons++
    const looping = exprKind.case === 'comprehensionExpr' ? within + 1 : within
    // `a && b && c` is long, and not deep: it counts as one level.
    for (const child of childrenOf(node)) visit(child, isChain(node, child) ? depth : depth + 1, looping)
  }
  visit(root, 1, 0)
  return { parts: nodes, comparisons, loops, matches }
}

const comparing = new Set(['@in', '_==_', '_!=_'])
const chained = new Set(['_&&_', '_||_'])

function isLiteral({ exprKind }: Expr): boolean {
  return exprKind.case === 'constExpr'
}

function isChain(one: Expr, other: Expr): boolean {
  const name = functionOf(one)
  return chained.has(name) && name === functionOf(other)
}

function functionOf({ exprKind }: Expr): string {
  return exprKind.case === 'callExpr' ? exprKind.value.function : ''
}

function childrenOf({ exprKind }: Expr): Expr[] {
  const given = (...nodes: (Expr | undefined)[]) => nodes.filter((node) => node !== undefined)
  switch (exprKind.case) {
    case 'selectExpr':
      return given(exprKind.value.operand)
    case 'callExpr':
      return given(exprKind.value.target, ...exprKind.value.args)
    case 'listExpr':
      return exprKind.value.elements
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }) =>
        given(keyKind.case === 'mapKey' ? keyKind.value : undefined, value),
      )
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value
      return given(iterRange, accuInit, loopCondition, loopStep, result)
    }
    default:
      return []
  }
}
