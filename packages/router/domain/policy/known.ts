// Whether an expression is true or false, seen without the library: from comparisons with literals,
// which most rules consist of. Of 500 rules nearly all are done with here, for less than a
// microsecond each. It answers `undefined` wherever it is not sure: what fails, what is of another
// type, and all that it does not know are for the library (known.test.ts compares both).
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { isRecord } from '@xerotier/protocol/record.ts'
import type { CallFacts } from './facts.ts'

type Look = (facts: CallFacts) => unknown
/** True or false, or `undefined` for what it cannot tell. */
export type Tell = (facts: CallFacts) => boolean | undefined

export function knownBy(root: Expr): Tell {
  return tellOf(root) ?? (() => undefined)
}

function tellOf({ exprKind }: Expr): Tell | undefined {
  switch (exprKind.case) {
    case 'constExpr': {
      const { constantKind } = exprKind.value
      return constantKind.case === 'boolValue' ? () => constantKind.value : undefined
    }
    case 'selectExpr':
      return exprKind.value.testOnly
        ? hasMember(exprKind.value.operand, exprKind.value.field)
        : truth(lookOf(exprKind.value.operand, exprKind.value.field))
    case 'callExpr':
      return tellOfCall(exprKind.value)
    default:
      return undefined
  }
}

type Call = Extract<Expr['exprKind'], { case: 'callExpr' }>['value']

function tellOfCall({ function: name, target, args }: Call): Tell | undefined {
  const [left, right] = args
  switch (name) {
    case '_&&_':
      return every(args.map(tellOf))
    case '_||_':
      return some(args.map(tellOf))
    case '!_':
      return left && not(tellOf(left))
    case '@in':
      return left && right && isIn(left, right)
    default:
      if (target !== undefined && left !== undefined) return texts[name] && compared(target, left, texts[name])
      return left && right && comparisons[name] && compared(left, right, comparisons[name])
  }
}

/** False beats what fails, as in CEL. */
function every(parts: (Tell | undefined)[]): Tell {
  return (facts) => {
    let sure = true
    for (const part of parts) {
      const said = part?.(facts)
      if (said === false) return false
      if (said === undefined) sure = false
    }
    return sure ? true : undefined
  }
}

function some(parts: (Tell | undefined)[]): Tell {
  return (facts) => {
    let sure = true
    for (const part of parts) {
      const said = part?.(facts)
      if (said === true) return true
      if (said === undefined) sure = false
    }
    return sure ? false : undefined
  }
}

function not(part: Tell | undefined): Tell | undefined {
  if (part === undefined) return undefined
  return (facts) => {
    const said = part(facts)
    return said === undefined ? undefined : !said
  }
}

function truth(look: Look | undefined): Tell | undefined {
  if (look === undefined) return undefined
  return (facts) => {
    const value = look(facts)
    return typeof value === 'boolean' ? value : undefined
  }
}

type Compare = (left: unknown, right: unknown) => boolean | undefined

const alike = (left: unknown, right: unknown): boolean | undefined =>
  typeof left === typeof right && (typeof left === 'string' || typeof left === 'number' || typeof left === 'boolean')
    ? left === right
    : undefined

const ofNumbers =
  (compare: (left: number, right: number) => boolean): Compare =>
  (left, right) =>
    typeof left === 'number' && typeof right === 'number' ? compare(left, right) : undefined

const ofTexts =
  (compare: (text: string, part: string) => boolean): Compare =>
  (text, part) =>
    typeof text === 'string' && typeof part === 'string' ? compare(text, part) : undefined

const comparisons: Readonly<Record<string, Compare | undefined>> = {
  '_==_': alike,
  '_!=_': (left, right) => {
    const said = alike(left, right)
    return said === undefined ? undefined : !said
  },
  '_<_': ofNumbers((left, right) => left < right),
  '_<=_': ofNumbers((left, right) => left <= right),
  '_>_': ofNumbers((left, right) => left > right),
  '_>=_': ofNumbers((left, right) => left >= right),
}

const texts: Readonly<Record<string, Compare | undefined>> = {
  startsWith: ofTexts((text, part) => text.startsWith(part)),
  endsWith: ofTexts((text, part) => text.endsWith(part)),
  contains: ofTexts((text, part) => text.includes(part)),
}

function compared(left: Expr, right: Expr, compare: Compare): Tell | undefined {
  const [one, other] = [operandOf(left), operandOf(right)]
  return one && other && ((facts) => compare(one(facts), other(facts)))
}

function isIn(value: Expr, { exprKind }: Expr): Tell | undefined {
  const look = operandOf(value)
  if (look === undefined || exprKind.case !== 'listExpr') return undefined
  const members = exprKind.value.elements.map(literalOf)
  return (facts) => {
    const one = look(facts)
    let sure = one !== undefined
    for (const member of members) {
      const said = alike(one, member)
      if (said === true) return true
      if (said === undefined) sure = false
    }
    return sure ? false : undefined
  }
}

function hasMember(operand: Expr | undefined, field: string): Tell | undefined {
  const look = operand && operandOf(operand)
  if (look === undefined) return undefined
  return (facts) => {
    const value = look(facts)
    return isPlain(value) ? Object.hasOwn(value, field) : undefined
  }
}

/** A literal, a variable, or a member of one. */
function operandOf(node: Expr): Look | undefined {
  const { exprKind } = node
  if (exprKind.case === 'identExpr') return variables[exprKind.value.name]
  if (exprKind.case === 'selectExpr' && !exprKind.value.testOnly)
    return lookOf(exprKind.value.operand, exprKind.value.field)
  const literal = literalOf(node)
  return literal === undefined ? undefined : () => literal
}

/** A member that is not there fails: that is for the library. */
function lookOf(operand: Expr | undefined, field: string): Look | undefined {
  const look = operand && operandOf(operand)
  if (look === undefined) return undefined
  return (facts) => {
    const value = look(facts)
    return isPlain(value) && Object.hasOwn(value, field) ? value[field] : undefined
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && !Array.isArray(value)
}

const variables: Readonly<Record<string, Look | undefined>> = {
  project: (facts) => facts.project,
  workspace: (facts) => facts.workspace,
  tool: (facts) => facts.tool,
  risk: (facts) => facts.risk,
  args: (facts) => facts.args,
  requester: (facts) => facts.requester,
  agent: (facts) => facts.agent,
  labels: (facts) => facts.labels,
}

/** Undefined for what JSON has no like of, and for integers that a double rounds. */
function literalOf({ exprKind }: Expr): string | number | boolean | undefined {
  if (exprKind.case !== 'constExpr') return undefined
  const { constantKind } = exprKind.value
  switch (constantKind.case) {
    case 'stringValue':
    case 'boolValue':
      return constantKind.value
    case 'doubleValue':
      return Number.isFinite(constantKind.value) ? constantKind.value : undefined
    case 'int64Value':
      return Number.isSafeInteger(Number(constantKind.value)) ? Number(constantKind.value) : undefined
    default:
      return undefined
  }
}
