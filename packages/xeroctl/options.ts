// Options of commands as data: parsing, help, completion and the reference derive from one
// definition.
import type { LiveKind } from './completion/live-kinds.ts'
import { UsageError } from './exit-codes.ts'
import { formats, type OutputChoice } from './output/format.ts'

export interface Option<T> {
  summary: string
  /** What stands for the value in the help; undefined for a switch. */
  placeholder: string | undefined
  /** Other names of the same option, without dashes. */
  aliases: readonly string[]
  /** One letter. */
  short?: string
  /** The command cannot do without it. */
  required?: true
  choices?: readonly string[]
  /** What its value names, where completion can ask for it. */
  live?: LiveKind
  /** The values as given, in their order; empty when absent. @throws UsageError */
  parse(values: readonly string[], flag: string): T
}

// biome-ignore lint/suspicious/noExplicitAny: any option, whatever its value
export type Options = Record<string, Option<any>>
export type Values<O extends Options> = { [K in keyof O]: O[K] extends Option<infer T> ? T : never }

interface Details {
  placeholder?: string
  aliases?: readonly string[]
  short?: string
  live?: LiveKind
}

/** What completion offers for a value: words, or what somebody must be asked for. */
export type Offer = readonly string[] | LiveKind

export function text(summary: string, details: Details = {}): Option<string | undefined> {
  return { summary, placeholder: 'text', aliases: [], ...details, parse: last }
}

/** Must be given; of a set, at least one. */
export function required<T>(option: Option<T | undefined>): Option<T> {
  return {
    ...option,
    summary: `${option.summary} (required)`,
    required: true,
    parse(values, flag) {
      const value = option.parse(values, flag)
      if (value === undefined || (Array.isArray(value) && value.length === 0))
        throw new UsageError(`${flag} is required`, option.choices && `It takes ${option.choices.join(', ')}.`)
      return value
    },
  }
}

export function toggle(summary: string, details: Details = {}): Option<boolean> {
  return { summary, aliases: [], ...details, placeholder: undefined, parse: (values) => values.length > 0 }
}

export function oneOf<const C extends string>(
  summary: string,
  choices: readonly C[],
  details: Details = {},
): Option<C | undefined> {
  return {
    ...text(summaryWith(summary, choices), { placeholder: shortList(choices), ...details }),
    choices,
    parse: (values, flag) => values.map((value) => choiceOf(value, choices, flag)).at(-1),
  }
}

/** Several of a set: comma-separated, or the option more than once. */
export function someOf<const C extends string>(
  summary: string,
  choices: readonly C[],
  details: Details = {},
): Option<C[]> {
  return {
    ...text(summaryWith(summary, choices, true), { placeholder: 'a,b,…', ...details }),
    choices,
    parse: (values, flag) => split(values).map((value) => choiceOf(value, choices, flag)),
  }
}

/** Comma-separated, or the option more than once. */
export function words(summary: string, details: Details = {}): Option<string[]> {
  return { ...text(summary, { placeholder: 'a,b,…', ...details }), parse: split }
}

/** The option more than once, each value whole. */
export function many(summary: string, details: Details = {}): Option<string[]> {
  return { ...text(summary, details), parse: (values) => [...values] }
}

/** A format, or a template of kubectl's. */
export function outputFormat(summary: string, details: Details = {}): Option<OutputChoice | undefined> {
  const choices = [...formats, `${templated}<template>`]
  return {
    ...text(summaryWith(summary, choices, true), { placeholder: 'format', ...details }),
    choices: [...formats, templated],
    parse(values, flag) {
      const value = values.at(-1)
      if (value === undefined) return undefined
      if (value.startsWith(templated)) return { format: 'json', jsonpath: value.slice(templated.length) }
      const format = formats.find((candidate) => candidate === value)
      if (format === undefined) throw new UsageError(`${flag} must be one of ${choices.join(', ')}, not '${value}'`)
      return { format }
    },
  }
}

const templated = 'jsonpath='

export function number(
  summary: string,
  bounds: { min: number; max: number; integer?: boolean },
  details: Details = {},
): Option<number | undefined> {
  return {
    ...text(summary, { placeholder: 'n', ...details }),
    parse(values, flag) {
      const value = values.at(-1)
      if (value === undefined) return undefined
      const parsed = value.trim() === '' ? Number.NaN : Number(value)
      const wrong = Number.isNaN(parsed) || (bounds.integer !== false && !Number.isInteger(parsed))
      if (wrong || parsed < bounds.min || parsed > bounds.max) {
        throw new UsageError(
          `${flag} must be a ${bounds.integer === false ? '' : 'whole '}number from ${bounds.min} to ${bounds.max}, not '${value}'`,
        )
      }
      return parsed
    },
  }
}

export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function last(values: readonly string[]): string | undefined {
  return values.at(-1)
}

function split(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

function choiceOf<C extends string>(value: string, choices: readonly C[], flag: string): C {
  const choice = choices.find((candidate) => candidate === value)
  if (choice === undefined) throw new UsageError(`${flag} must be one of ${choices.join(', ')}, not '${value}'`)
  return choice
}

/** Choices stand in place of the value when they are few, and else in the summary. */
function shortList(choices: readonly string[]): string {
  const all = choices.join('|')
  return all.length <= 36 ? all : 'value'
}

function summaryWith(summary: string, choices: readonly string[], always = false): string {
  return always || shortList(choices) === 'value' ? `${summary}: ${choices.join(', ')}` : summary
}
