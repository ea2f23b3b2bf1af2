// For which tools and risks an expression can be true at all, from what it says before anything
// else: `tool == "x" && …`. A rule that cannot match is not evaluated.
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import type { Conjunct } from './expression.ts'

export interface Needs {
  /** It is false for any other; undefined when it may be true for all. */
  tools?: string[]
  risks?: string[]
}

/** @param conjuncts of which each must be true */
export function needsOf(conjuncts: readonly Conjunct[]): Needs {
  const needs: Needs = {}
  for (const { node } of conjuncts) {
    const said = equalityOf(node)
    if (said?.variable === 'tool') needs.tools = both(needs.tools, said.values)
    if (said?.variable === 'risk') needs.risks = both(needs.risks, said.values)
  }
  return needs
}

function both(before: string[] | undefined, values: string[]): string[] {
  return before === undefined ? values : before.filter((value) => values.includes(value))
}

/** `tool == "x"`, `"x" == tool`, `tool in ["x", "y"]`. */
function equalityOf({ exprKind }: Expr): { variable: string; values: string[] } | undefined {
  if (exprKind.case !== 'callExpr') return undefined
  const { function: name, args } = exprKind.value
  const [left, right] = args
  if (left === undefined || right === undefined) return undefined
  if (name === '_==_') return pair(left, right) ?? pair(right, left)
  return name === '@in' ? pair(left, right) : undefined
}

function pair(variable: Expr, values: Expr): { variable: string; values: string[] } | undefined {
  if (variable.exprKind.case !== 'identExpr') return undefined
  const list = values.exprKind.case === 'listExpr' ? values.exprKind.value.elements : [values]
  const strings = list.map(stringOf)
  if (!strings.every((one) => one !== undefined)) return undefined
  return { variable: variable.exprKind.value.name, values: strings }
}

function stringOf({ exprKind }: Expr): string | undefined {
  if (exprKind.case !== 'constExpr') return undefined
  const { constantKind } = exprKind.value
  return constantKind.case === 'stringValue' ? constantKind.value : undefined
}
