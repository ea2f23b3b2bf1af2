// kubectl's JSONPath templates, as its documentation has them: text, and in braces paths, quoted
// text, and `range` … `end`. https://kubernetes.io/docs/reference/kubectl/jsonpath/
import { UsageError } from '../../exit-codes.ts'

export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'path'; path: Path }
  | { kind: 'range'; over: Path; parts: readonly Part[] }

export interface Path {
  /** `$` is the whole value; else the one that a range or a filter stands at. */
  fromRoot: boolean
  steps: readonly Step[]
}

export type Step =
  | { kind: 'field'; name: string }
  | { kind: 'index'; index: number }
  | { kind: 'slice'; from: number | undefined; to: number | undefined; step: number }
  | { kind: 'wildcard' }
  /** Every value below, and the value itself. */
  | { kind: 'descend' }
  | { kind: 'union'; steps: readonly Step[] }
  | { kind: 'filter'; left: Operand; operator: Operator | undefined; right: Operand | undefined }

export type Operand = Path | { literal: string | number | boolean | null }

const operators = ['==', '!=', '<=', '>=', '<', '>'] as const
export type Operator = (typeof operators)[number]

/** @throws UsageError that says where the template goes wrong */
export function parseTemplate(template: string): readonly Part[] {
  if (!template.includes('{')) {
    throw new UsageError(
      '-o jsonpath needs a template with a path in braces',
      "For example: -o jsonpath='{.data[*].name}'",
    )
  }
  return partsUntilEnd(createReader(template), false)
}

interface Reader {
  rest(): string
  /** What the pattern finds at the position, taken; undefined when it does not. */
  take(pattern: RegExp): string | undefined
  done(): boolean
  fail(what: string): UsageError
}

function createReader(template: string): Reader {
  let at = 0
  return {
    rest: () => template.slice(at),
    take(pattern) {
      const sticky = new RegExp(pattern.source, 'y')
      sticky.lastIndex = at
      const found = sticky.exec(template)?.[0]
      at += found?.length ?? 0
      return found === '' ? undefined : found
    },
    done: () => at >= template.length,
    fail: (what) => new UsageError(`-o jsonpath: ${what} at character ${at + 1} of ${template}`),
  }
}

function partsUntilEnd(reader: Reader, inRange: boolean): Part[] {
  const parts: Part[] = []
  while (!reader.done()) {
    const text = reader.take(/[^{]+/)
    if (text !== undefined) parts.push({ kind: 'text', text })
    if (reader.done()) break
    reader.take(/\{\s*/)
    if (reader.take(/end\s*\}/) !== undefined) {
      if (!inRange) throw reader.fail('an end without its range')
      return parts
    }
    if (reader.take(/range\s+/) !== undefined) {
      const over = pathIn(reader)
      close(reader)
      parts.push({ kind: 'range', over, parts: partsUntilEnd(reader, true) })
    } else {
      while (reader.take(/\s*\}/) === undefined) {
        parts.push(expressionIn(reader))
        reader.take(/\s+/)
        if (reader.done()) throw reader.fail('a brace that is not closed')
      }
    }
  }
  if (inRange) throw reader.fail('a range without its end')
  return parts
}

function close(reader: Reader): void {
  if (reader.take(/\s*\}/) === undefined) throw reader.fail('something else than a closing brace')
}

function expressionIn(reader: Reader): Part {
  const text = quotedIn(reader)
  return text === undefined ? { kind: 'path', path: pathIn(reader) } : { kind: 'text', text }
}

/** Text in quotes of either kind, with the usual escapes. */
function quotedIn(reader: Reader): string | undefined {
  const quoted = reader.take(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/)
  return quoted?.slice(1, -1).replace(/\\(.)/g, (_, one: string) => escapes[one] ?? one)
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' }

function pathIn(reader: Reader): Path {
  const start = reader.take(/[$@]/)
  const steps: Step[] = []
  while (true) {
    if (reader.take(/\.\./) !== undefined) {
      steps.push({ kind: 'descend' })
      if (!/^[[}\s]/.test(reader.rest())) steps.push(fieldIn(reader))
    } else if (reader.take(/\./) !== undefined) {
      // A lone point is the value itself.
      if (!/^(\[|\}|\s|\)|$)/.test(reader.rest())) steps.push(fieldIn(reader))
      else if (start === undefined && steps.length === 0 && !reader.rest().startsWith('['))
        return { fromRoot: false, steps }
    } else if (reader.take(/\[/) !== undefined) {
      steps.push(bracketIn(reader))
    } else break
  }
  if (start === undefined && steps.length === 0) throw reader.fail('no path, which begins with a point')
  return { fromRoot: start === '$', steps }
}

function fieldIn(reader: Reader): Step {
  if (reader.take(/\*/) !== undefined) return { kind: 'wildcard' }
  const name = reader.take(/(?:\\.|[^\s.[\](){}=!<>,'"\\*?@$|&])+/)
  if (name === undefined) throw reader.fail('no name of a field')
  return { kind: 'field', name: name.replace(/\\(.)/g, '$1') }
}

function bracketIn(reader: Reader): Step {
  const steps: Step[] = []
  do steps.push(elementIn(reader))
  while (reader.take(/\s*,\s*/) !== undefined)
  if (reader.take(/\s*\]/) === undefined) throw reader.fail('a bracket that is not closed')
  const [only] = steps
  return steps.length === 1 && only !== undefined ? only : { kind: 'union', steps }
}

function elementIn(reader: Reader): Step {
  reader.take(/\s+/)
  if (reader.take(/\*/) !== undefined) return { kind: 'wildcard' }
  if (reader.take(/\?\(\s*/) !== undefined) return filterIn(reader)
  const name = quotedIn(reader)
  if (name !== undefined) return { kind: 'field', name }
  const range = reader.take(/-?\d*:-?\d*(?::-?\d*)?/)
  if (range !== undefined) return sliceOf(range, reader)
  const index = reader.take(/-?\d+/)
  if (index !== undefined) return { kind: 'index', index: Number(index) }
  const bare = reader.take(/[A-Za-z_][\w-]*/)
  if (bare !== undefined) return { kind: 'field', name: bare }
  throw reader.fail('nothing that can stand in brackets')
}

function sliceOf(range: string, reader: Reader): Step {
  const [from, to, step] = range.split(':').map((word) => (word === '' ? undefined : Number(word)))
  if (step !== undefined && step <= 0) throw reader.fail('a step that is not above zero')
  return { kind: 'slice', from, to, step: step ?? 1 }
}

function filterIn(reader: Reader): Step {
  const left = operandIn(reader)
  reader.take(/\s+/)
  const operator = operators.find((one) => one === reader.take(new RegExp(one)))
  if (/^\s*(&&|\|\||=~)/.test(reader.rest())) throw reader.fail('a comparison that kubectl does not know either')
  reader.take(/\s+/)
  const right = operator === undefined ? undefined : operandIn(reader)
  if (reader.take(/\s*\)/) === undefined) throw reader.fail('a filter that is not closed')
  return { kind: 'filter', left, operator, right }
}

function operandIn(reader: Reader): Operand {
  const text = quotedIn(reader)
  if (text !== undefined) return { literal: text }
  const number = reader.take(/-?\d+(?:\.\d+)?/)
  if (number !== undefined) return { literal: Number(number) }
  const word = reader.take(/(?:true|false|null)\b/)
  return word === undefined ? pathIn(reader) : { literal: JSON.parse(word) as boolean | null }
}
