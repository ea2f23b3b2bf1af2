// Keywords that look at a value and not into it.
import { isRecord } from '@xerotier/protocol/record.ts'
import { canonicalText } from '../canonical-text.ts'
import { type Check, type Context, refuse } from '../context.ts'
import { flaw } from '../flaw.ts'
import { formatSteps, formats } from '../formats.ts'
import { Run } from '../run.ts'
import { countFrom, listFrom, numberFrom, textFrom } from './arguments.ts'

const isOfType = new Map<string, (value: unknown) => boolean>([
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  ['integer', Number.isInteger],
  ['boolean', (value) => typeof value === 'boolean'],
  ['object', isRecord],
  ['array', Array.isArray],
  ['null', (value) => value === null],
])

export function type(argument: unknown, { place, schema }: Context): Check {
  const names: unknown[] = Array.isArray(argument) ? argument : [argument]
  const tests = names.map(
    (name) => isOfType.get(String(name)) ?? refuse(place, `must be of ${[...isOfType.keys()].join(', ')}`),
  )
  // OpenAPI says it so.
  if (schema.nullable === true) tests.push((value) => value === null)
  const misfit = flaw('type', `must be ${names.join()}`)
  const [first, ...others] = tests
  if (first === undefined) return refuse(place, 'must name a type')
  if (others.length === 0) return (value) => (first(value) ? undefined : misfit)
  return (value) => (tests.some((test) => test(value)) ? undefined : misfit)
}

export function enumeration(argument: unknown, context: Context): Check {
  const allowed = listFrom(argument, context)
  const simple = new Set<unknown>(allowed.filter((value) => typeof value !== 'object' || value === null))
  const texts = textsOf(allowed.filter((value) => typeof value === 'object' && value !== null))
  const misfit = { ...flaw('enum', 'must be equal to one of the allowed values'), allowed }
  return (value, run) => {
    const isSimple = typeof value !== 'object' || value === null
    if (isSimple ? simple.has(value) : texts.size > 0 && texts.has(canonicalText(value, run))) return undefined
    return misfit
  }
}

export function constant(argument: unknown): Check {
  const texts = textsOf([argument])
  const isSimple = typeof argument !== 'object' || argument === null
  const misfit = flaw('const', 'must be equal to constant')
  return (value, run) => {
    const isEqual = isSimple ? value === argument : texts.has(canonicalText(value, run))
    return isEqual ? undefined : misfit
  }
}

function textsOf(values: readonly unknown[]): Set<string> {
  return new Set(values.map((value) => canonicalText(value, new Run(Number.POSITIVE_INFINITY))))
}

export function multipleOf(argument: unknown, context: Context): Check {
  const divisor = numberFrom(argument, context)
  if (divisor <= 0) refuse(context.place, 'must be more than 0')
  const misfit = flaw('multipleOf', `must be multiple of ${divisor}`)
  return (value) => (typeof value !== 'number' || Number.isInteger(value / divisor) ? undefined : misfit)
}

type Holds = (value: number, bound: number) => boolean

/** A keyword that compares numbers: `must be <= 5`. */
export function bound(keyword: string, sign: string, holds: Holds): (argument: unknown, context: Context) => Check {
  return (argument, context) => {
    const limit = numberFrom(argument, context)
    const misfit = flaw(keyword, `must be ${sign} ${limit}`)
    return (value) => (typeof value !== 'number' || holds(value, limit) ? undefined : misfit)
  }
}

export function maxLength(argument: unknown, context: Context): Check {
  const most = countFrom(argument, context)
  const misfit = flaw('maxLength', `must NOT have more than ${most} characters`)
  return (value, run) => {
    // No text has more characters than code units, nor fewer than half as many.
    if (typeof value !== 'string' || value.length <= most) return undefined
    if (value.length <= 2 * most) {
      run.spend(value.length)
      if (charactersOf(value) <= most) return undefined
    }
    return misfit
  }
}

export function minLength(argument: unknown, context: Context): Check {
  const least = countFrom(argument, context)
  const misfit = flaw('minLength', `must NOT have fewer than ${least} characters`)
  return (value, run) => {
    if (typeof value !== 'string' || value.length >= 2 * least) return undefined
    if (value.length >= least) {
      run.spend(value.length)
      if (charactersOf(value) >= least) return undefined
    }
    return misfit
  }
}

function charactersOf(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

export function pattern(argument: unknown, context: Context): Check {
  const source = textFrom(argument, context)
  const test = context.compiler.pattern(source, context.place)
  const misfit = flaw('pattern', `must match pattern "${source}"`)
  return (value, run) => (typeof value !== 'string' || test(value, run) ? undefined : misfit)
}

export function format(argument: unknown, context: Context): Check | undefined {
  const name = textFrom(argument, context)
  const test = formats.get(name)
  if (test === undefined)
    return context.compiler.isStrict ? refuse(context.place, `unknown format "${name}"`) : undefined
  const misfit = flaw('format', `must match format "${name}"`)
  return (value, run) => {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined
    if (typeof value === 'string') run.spend(formatSteps(name, value))
    return test(value) ? undefined : misfit
  }
}
