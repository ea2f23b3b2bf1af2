// Keywords that look into an array.
import { canonicalText } from '../canonical-text.ts'
import type { Check, Context } from '../context.ts'
import { flaw, within } from '../flaw.ts'
import { lookUpSteps } from '../run.ts'
import { countFrom, listFrom, truthFrom } from './arguments.ts'

export function maxItems(argument: unknown, context: Context): Check {
  const most = countFrom(argument, context)
  const misfit = flaw('maxItems', `must NOT have more than ${most} items`)
  return (value) => (Array.isArray(value) && value.length > most ? misfit : undefined)
}

export function minItems(argument: unknown, context: Context): Check {
  const least = countFrom(argument, context)
  const misfit = flaw('minItems', `must NOT have fewer than ${least} items`)
  return (value) => (Array.isArray(value) && value.length < least ? misfit : undefined)
}

/** By their canonical texts: to compare each with each takes the square of their number. */
export function uniqueItems(argument: unknown, context: Context): Check | undefined {
  if (!truthFrom(argument, context)) return undefined
  const misfit = flaw('uniqueItems', 'must NOT have duplicate items')
  return (value, run) => {
    if (!Array.isArray(value)) return undefined
    const texts = new Set<string>()
    for (const item of value) texts.add(canonicalText(item, run))
    return texts.size === value.length ? undefined : misfit
  }
}

export function prefixItems(argument: unknown, context: Context): Check {
  const checks = listFrom(argument, context).map((schema, at) =>
    context.compiler.below(schema, `${context.place}.${at}`, context),
  )
  return (value, run, seen) => {
    if (!Array.isArray(value)) return undefined
    const count = Math.min(checks.length, value.length)
    for (let at = 0; at < count; at++) {
      const found = checks[at]?.(value[at], run, undefined)
      if (found !== undefined) return within(String(at), found)
    }
    if (seen !== undefined) seen.prefix = Math.max(seen.prefix, count)
    return undefined
  }
}

/** Those after `prefixItems` of the same schema. */
export function items(argument: unknown, context: Context): Check {
  const { prefixItems: before } = context.schema
  const from = Array.isArray(before) ? before.length : 0
  const check = context.compiler.below(argument, context.place, context)
  return (value, run, seen) => {
    if (!Array.isArray(value)) return undefined
    if (argument === false && value.length > from) return flaw('items', `must NOT have more than ${from} items`)
    for (let at = from; at < value.length; at++) {
      const found = check(value[at], run, undefined)
      if (found !== undefined) return within(String(at), found)
    }
    if (seen !== undefined) seen.prefix = value.length
    return undefined
  }
}

/** Those that no keyword of the schema, nor of one in place, has looked at. */
export function unevaluatedItems(argument: unknown, context: Context): Check {
  const check = context.compiler.below(argument, context.place, context)
  return (value, run, seen) => {
    if (!Array.isArray(value)) return undefined
    for (let at = seen?.prefix ?? 0; at < value.length; at++) {
      run.spend(lookUpSteps)
      if (seen?.items.has(at)) continue
      if (argument === false) return flaw('unevaluatedItems', `must NOT have more than ${at} items`)
      const found = check(value[at], run, undefined)
      if (found !== undefined) return within(String(at), found)
    }
    if (seen !== undefined) seen.prefix = value.length
    return undefined
  }
}

export function contains(argument: unknown, context: Context): Check {
  const { minContains, maxContains } = context.schema
  const count = (given: unknown, name: string) =>
    countFrom(given, { ...context, place: context.place.replace(/contains$/, name) })
  const least = minContains === undefined ? 1 : count(minContains, 'minContains')
  const most = maxContains === undefined ? Number.POSITIVE_INFINITY : count(maxContains, 'maxContains')
  const check = context.compiler.below(argument, context.place, context)
  const misfit = flaw(
    'contains',
    `must contain at least ${least}${most < Number.POSITIVE_INFINITY ? ` and no more than ${most}` : ''} valid item(s)`,
  )
  return (value, run, seen) => {
    if (!Array.isArray(value)) return undefined
    let fitting = 0
    for (const [at, item] of value.entries()) {
      if (check(item, run, undefined) !== undefined) continue
      fitting += 1
      seen?.items.add(at)
    }
    return fitting >= least && fitting <= most ? undefined : misfit
  }
}
