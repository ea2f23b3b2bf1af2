// Reads the `command` of a bundle. Everything that could let a value choose the program or an
// option is refused at load.
import { basename } from 'node:path'
import { memberOf } from '@xerotier/protocol/record.ts'
import { type CommandTemplate, type Element, placeholdersOf, type Step } from '../argv.ts'

/**
 * As written in the bundle: a word, words that stand or fall together, or words that a boolean
 * argument adds.
 */
export type CommandSource = readonly (string | readonly string[] | { if: string; add: readonly string[] })[]

/**
 * A shell would read its arguments as a program of its own (law L5); a script runs by its own `#!`
 * line.
 */
const shells = new Set(['sh', 'bash', 'rbash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'fish', 'csh', 'tcsh', 'pwsh'])
/**
 * They start what stands behind them, or behind their first options. As a plain argument (`kubectl
 * set env`) they are none.
 */
const starters = new Set(['busybox', 'env', 'xargs', 'eval'])

/** @throws Error with a sentence for the author of the bundle. */
export function parseCommand(source: CommandSource, properties: Readonly<Record<string, unknown>>): CommandTemplate {
  const [program, ...rest] = source
  if (typeof program !== 'string' || program === '') throw new Error('the first word of a command is its program')
  if (program.includes('{')) throw new Error('the program of a command cannot be a placeholder')
  const name = basename(program)
  if (shells.has(name) || starters.has(name)) throw new Error(`a command cannot be ${name}: there is no shell`)
  const steps = rest.map(parseStep)
  refuseShellBehind(steps)
  for (const step of steps) {
    for (const name of placeholdersOf(step)) checkPlaceholder(name, properties)
    if (step.onlyIf !== undefined) checkCondition(step.onlyIf, properties)
    if (placeholdersOf(step).filter((name) => memberOf(memberOf(properties, name), 'type') === 'array').length > 1) {
      throw new Error('words that stand together can hold one array only')
    }
  }
  refuseChosenOptions(steps)
  return { program, steps }
}

/**
 * `timeout 5 sh -c …`, `find -exec sh …`, `docker exec … sh`: what may start a shell is a matter of
 * each program, so no word may be one.
 */
function refuseShellBehind(steps: readonly Step[]): void {
  let shell: string | undefined
  for (const element of steps.flatMap((step) => step.elements)) {
    if (shell !== undefined && element.some((part) => 'placeholder' in part)) {
      throw new Error(`a value behind the word ${shell} could become a command: there is no shell`)
    }
    const [word] = element
    if (word !== undefined && 'literal' in word && shells.has(basename(word.literal))) shell ??= word.literal
  }
}

/**
 * `-{a}`, `--{a}` and `-n{a}` let a value name an option, or more of them behind the first;
 * `--name={a}` does not.
 */
function refuseChosenOptions(steps: readonly Step[]): void {
  for (const { elements, onlyIf } of steps) {
    for (const element of elements) {
      const [first, second] = element
      if (first === undefined || !('literal' in first)) continue
      if (second === undefined && first.literal === '--' && onlyIf === undefined && elements.length === 1) return
      if (second === undefined || !first.literal.startsWith('-') || first.literal.includes('=')) continue
      const name = 'placeholder' in second ? second.placeholder : ''
      throw new Error(
        `"${first.literal}{${name}}" would let a value choose an option; write "--name={${name}}", or two words`,
      )
    }
  }
}

function parseStep(source: CommandSource[number]): Step {
  if (typeof source === 'string') return { elements: [parseElement(source)], onlyIf: undefined }
  if ('if' in source) return { elements: source.add.map(parseElement), onlyIf: source.if }
  return { elements: source.map(parseElement), onlyIf: undefined }
}

/** `{{` and `}}` are braces. @throws Error for a brace that opens no placeholder. */
export function parseElement(word: string): Element {
  const parts: ({ literal: string } | { placeholder: string })[] = []
  let literal = ''
  for (const [piece, name] of word.matchAll(/\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}|[\s\S]/g)) {
    if (name !== undefined) {
      if (literal !== '') parts.push({ literal })
      literal = ''
      parts.push({ placeholder: name })
    } else if (piece === '{{' || piece === '}}') literal += piece[0]
    else if (piece === '{' || piece === '}') throw new Error(`"${word}" has a lone brace; write it twice`)
    else literal += piece
  }
  if (literal !== '' || parts.length === 0) parts.push({ literal })
  return parts
}

const scalarTypes = new Set<unknown>(['string', 'integer', 'number', 'boolean'])

export function checkPlaceholder(name: string, properties: Readonly<Record<string, unknown>>): void {
  const property = memberOf(properties, name)
  if (property === undefined) throw new Error(`{${name}} is no property of input_schema`)
  const type = memberOf(property, 'type')
  const items = type === 'array' ? memberOf(memberOf(property, 'items'), 'type') : type
  if (!scalarTypes.has(items)) {
    throw new Error(`{${name}} must have one of the types string, integer, number, boolean, or be an array of one`)
  }
}

function checkCondition(name: string, properties: Readonly<Record<string, unknown>>): void {
  if (memberOf(memberOf(properties, name), 'type') !== 'boolean')
    throw new Error(`"if: ${name}" must name a boolean property of input_schema`)
}
