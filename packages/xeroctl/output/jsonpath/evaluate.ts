// What a template makes of a value. A field that is not there is nothing, as with kubectl; an index
// that is not there is an error, as with kubectl.
import { UsageError } from '../../exit-codes.ts'
import { type Operand, type Operator, type Part, type Path, parseTemplate, type Step } from './parse.ts'

/**
 * @throws UsageError for a template that is none; the answer throws for an index that is not there
 */
export function jsonPathTemplate(template: string): (value: unknown) => string {
  const parts = parseTemplate(template)
  return (value) => render(parts, value, value)
}

function render(parts: readonly Part[], root: unknown, here: unknown): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text
      if (part.kind === 'path') return found(part.path, root, here).map(textOf).join(' ')
      return found(part.over, root, here)
        .map((item) => render(part.parts, root, item))
        .join('')
    })
    .join('')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function found({ fromRoot, steps }: Path, root: unknown, here: unknown): unknown[] {
  return steps.reduce<unknown[]>(
    (values, step) => values.flatMap((value) => taken(step, value, root)),
    [fromRoot ? root : here],
  )
}

function taken(step: Step, value: unknown, root: unknown): unknown[] {
  switch (step.kind) {
    case 'field':
      // Own properties only: `toString` is no field of anything.
      return isRecord(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : []
    case 'index':
      return indexed(value, step.index)
    case 'slice':
      return Array.isArray(value) ? sliced(value, step.from, step.to, step.step) : []
    case 'wildcard':
      return childrenOf(value)
    case 'descend':
      return [value, ...childrenOf(value).flatMap((child) => taken(step, child, root))]
    case 'union':
      return step.steps.flatMap((one) => taken(one, value, root))
    case 'filter':
      return childrenOf(value).filter((child) => holds(step, root, child))
  }
}

function indexed(value: unknown, index: number): unknown[] {
  if (!Array.isArray(value)) return []
  const at = index < 0 ? value.length + index : index
  if (at < 0 || at >= value.length)
    throw new UsageError(`-o jsonpath: there is no item ${index} in a list of ${value.length}`)
  return [value[at]]
}

function sliced(list: unknown[], from: number | undefined, to: number | undefined, step: number): unknown[] {
  return list.slice(from, to).filter((_, index) => index % step === 0)
}

function holds({ left, operator, right }: Step & { kind: 'filter' }, root: unknown, here: unknown): boolean {
  const [a] = valuesOf(left, root, here)
  if (operator === undefined || right === undefined) return valuesOf(left, root, here).length > 0
  const [b] = valuesOf(right, root, here)
  return compares[operator](a, b)
}

function valuesOf(operand: Operand, root: unknown, here: unknown): unknown[] {
  return 'literal' in operand ? [operand.literal] : found(operand, root, here)
}

const compares: Readonly<Record<Operator, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => orderOf(a, b) < 0,
  '<=': (a, b) => orderOf(a, b) <= 0,
  '>': (a, b) => orderOf(a, b) > 0,
  '>=': (a, b) => orderOf(a, b) >= 0,
}

/** NaN, which is in no order, for what cannot be compared. */
function orderOf(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a !== 'string' || typeof b !== 'string') return Number.NaN
  return a === b ? 0 : a < b ? -1 : 1
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isRecord(value) ? Object.values(value) : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
