// What `format` asks of a value, always in time near linear in its length.
import type { FormatDefinition } from 'ajv/dist/types/index.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'

/** Some formats are expressions that backtrack, and no honest value of theirs is longer. */
const charactersMax = 4096
/** Those that look at each character once, whatever the length. */
const linear = new Set(['binary', 'byte', 'date', 'password'])

export type FormatCheck = (value: string | number) => boolean

/** What a check of a text costs. */
export function formatSteps(name: string, { length }: string): number {
  return linear.has(name) ? 20 + length : 20 + 8 * Math.min(length, charactersMax)
}

const ofNumbers = ['int32', 'int64', 'float', 'double'] as const

const numbers: Record<(typeof ofNumbers)[number], (value: number) => boolean> = {
  int32: (value) => Number.isInteger(value) && Math.abs(value + 0.5) < 2 ** 31,
  int64: Number.isInteger,
  float: () => true,
  double: () => true,
}

/** Values of another type fit every format. */
export const formats: ReadonlyMap<string, FormatCheck> = new Map<string, FormatCheck>([
  ...Object.entries(fullFormats).map(([name, format]) => [name, forTexts(name, testOf(format))] as const),
  ...ofNumbers.map(
    (name) => [name, (value: string | number) => typeof value !== 'number' || numbers[name](value)] as const,
  ),
  // The expression that others use takes a tenth of a second for 4,096 characters.
  ['url', forTexts('url', (text) => /^(?:https?|ftp):\/\/\S+$/i.test(text) && URL.canParse(text))],
])

function forTexts(name: string, test: (text: string) => boolean): FormatCheck {
  const most = linear.has(name) ? Number.POSITIVE_INFINITY : charactersMax
  return (value) => typeof value !== 'string' || (value.length <= most && test(value))
}

function testOf(format: (typeof fullFormats)[keyof typeof fullFormats]): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text)
  if (typeof format === 'function') return format
  if (!isOfTexts(format)) return () => true
  const { validate } = format
  if (typeof validate === 'function') return validate
  const expression = new RegExp(validate)
  return (text) => expression.test(text)
}

function isOfTexts(format: (typeof fullFormats)[keyof typeof fullFormats]): format is FormatDefinition<string> {
  return typeof format === 'object' && 'validate' in format && format.type !== 'number' && format.async !== true
}
