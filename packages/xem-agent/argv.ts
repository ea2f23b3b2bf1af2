// A tool's command line (law L5): a fixed argv whose placeholders take typed values. There is no
// shell, so no quoting; what is left to prevent is a value that a program reads as one of its
// options.
import type { Operand } from '@xerotier/protocol/operands.ts'
import { memberOf } from '@xerotier/protocol/record.ts'

export type Literal = { literal: string }
export type Placeholder = { placeholder: string }
/** `--namespace={ns}` is a literal and a placeholder. */
export type Element = readonly (Literal | Placeholder)[]

/**
 * One step of the argv: elements that stand or fall together, perhaps only when a boolean argument
 * is true.
 */
export interface Step {
  elements: readonly Element[]
  onlyIf: string | undefined
}

export interface CommandTemplate {
  program: string
  steps: readonly Step[]
}

/** Why values do not make a command line. Names the argument, never its value. */
export class ArgvError extends Error {
  readonly argument: string

  constructor(argument: string, reason: string) {
    super(`argument "${argument}" ${reason}`)
    this.name = 'ArgvError'
    this.argument = argument
  }
}

/**
 * The argv without its program. A step is dropped when an argument that it names is absent; an
 * array argument repeats its element. A word that begins with a placeholder must not begin with a
 * hyphen unless `--` stands before it: option parsers take such a word for an option, some even
 * after an option that wants a value.
 * @throws ArgvError
 */
export function renderArgv(template: CommandTemplate, args: Readonly<Record<string, unknown>>): string[] {
  const argv: string[] = []
  let optionsEnded = false
  for (const step of template.steps) {
    if (step.onlyIf !== undefined && memberOf(args, step.onlyIf) !== true) continue
    if (placeholdersOf(step).some((name) => isAbsent(memberOf(args, name)))) continue
    for (const element of step.elements) {
      for (const rendered of renderElement(element, args, optionsEnded)) argv.push(rendered)
      if (isEndOfOptions(element)) optionsEnded = true
    }
  }
  return argv
}

/** Arguments that begin a word while options are still read. */
export function operandsOf(template: CommandTemplate): Operand[] {
  const operands = new Map<string, Operand>()
  for (const step of template.steps) {
    for (const element of step.elements) {
      // One that a condition or an absent argument may drop ends nothing.
      if (isEndOfOptions(element) && step.onlyIf === undefined && placeholdersOf(step).length === 0)
        return [...operands.values()]
      const [first] = element
      if (first === undefined || 'literal' in first) continue
      const argument = first.placeholder
      const alone = element.length === 1
      operands.set(argument, { argument, may_be_empty: alone && (operands.get(argument)?.may_be_empty ?? true) })
    }
  }
  return [...operands.values()]
}

export function placeholdersOf(step: Step): string[] {
  return step.elements.flat().flatMap((part) => ('placeholder' in part ? [part.placeholder] : []))
}

function isEndOfOptions(element: Element): boolean {
  const first = element[0]
  return element.length === 1 && first !== undefined && 'literal' in first && first.literal === '--'
}

/** An empty array has nothing to say, like an argument that was not given. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}

function renderElement(element: Element, args: Readonly<Record<string, unknown>>, optionsEnded: boolean): string[] {
  const names = element.flatMap((part) => ('placeholder' in part ? [part.placeholder] : []))
  const repeated = names.find((name) => Array.isArray(memberOf(args, name)))
  const values = repeated === undefined ? undefined : memberOf(args, repeated)
  return (Array.isArray(values) ? values : [undefined]).map((value: unknown) => {
    const texts = element.map((part) => {
      if ('literal' in part) return part.literal
      return textOf(part.placeholder, part.placeholder === repeated ? value : memberOf(args, part.placeholder))
    })
    if (!optionsEnded) refuseOption(element, texts)
    return texts.join('')
  })
}

/** Looks at the whole word: when its first value is empty, it begins with what follows. */
function refuseOption(element: Element, texts: readonly string[]): void {
  const first = element[0]
  if (first === undefined || 'literal' in first || !texts.join('').startsWith('-')) return
  const hyphen = element.find((_, index) => texts[index] !== '')
  throw hyphen === undefined || 'literal' in hyphen
    ? new ArgvError(first.placeholder, 'must not be empty')
    : new ArgvError(hyphen.placeholder, 'must not begin with a hyphen')
}

/** @throws ArgvError for what no argv can hold. */
export function textOf(name: string, value: unknown): string {
  const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  if (!isText) throw new ArgvError(name, 'is no text, number or boolean')
  const text = String(value)
  if (text.includes('\0')) throw new ArgvError(name, 'holds a NUL character')
  return text
}
