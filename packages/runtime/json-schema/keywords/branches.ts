// Keywords that look at the same value with other schemas.
import { type Check, type Context, refuse } from '../context.ts'
import { addEvaluated, type Evaluated, nothingEvaluated } from '../evaluated.ts'
import { type Flaw, flaw } from '../flaw.ts'
import type { Run } from '../run.ts'
import { listFrom, textFrom } from './arguments.ts'

function branchesFrom(argument: unknown, context: Context): Check[] {
  const schemas = listFrom(argument, context)
  if (schemas.length === 0) refuse(context.place, 'must have a schema')
  return schemas.map((schema, at) => context.compiler.below(schema, `${context.place}.${at}`, context))
}

/** What a branch that does not fit has looked at does not count. */
function attempt(check: Check, value: unknown, run: Run, seen: Evaluated | undefined): Flaw | undefined {
  if (seen === undefined) return check(value, run, undefined)
  const own = nothingEvaluated()
  const found = check(value, run, own)
  if (found === undefined) addEvaluated(seen, own, run)
  return found
}

export function allOf(argument: unknown, context: Context): Check {
  const checks = branchesFrom(argument, context)
  return (value, run, seen) => {
    for (const check of checks) {
      const found = check(value, run, seen)
      if (found !== undefined) return found
    }
    return undefined
  }
}

export function anyOf(argument: unknown, context: Context): Check {
  const checks = branchesFrom(argument, context)
  return (value, run, seen) => {
    let first: Flaw | undefined
    let fits = false
    for (const check of checks) {
      const found = attempt(check, value, run, seen)
      first ??= found
      fits ||= found === undefined
      // The others may have looked at more.
      if (fits && seen === undefined) return undefined
    }
    return fits ? undefined : first
  }
}

export function oneOf(argument: unknown, context: Context): Check {
  const checks = branchesFrom(argument, context)
  const misfit = flaw('oneOf', 'must match exactly one schema in oneOf')
  return (value, run, seen) => {
    let first: Flaw | undefined
    let fitting = 0
    for (const check of checks) {
      const found = attempt(check, value, run, seen)
      first ??= found
      if (found === undefined) fitting += 1
      if (fitting > 1) return misfit
    }
    return fitting === 1 ? undefined : first
  }
}

export function not(argument: unknown, context: Context): Check {
  const check = context.compiler.below(argument, context.place, context)
  const misfit = flaw('not', 'must NOT be valid')
  return (value, run, seen) => {
    const own = seen && nothingEvaluated()
    return check(value, run, own) === undefined ? misfit : undefined
  }
}

export function conditional(argument: unknown, context: Context): Check {
  const { schema, place } = context
  const around = place.replace(/if$/, '')
  const branch = (name: 'then' | 'else') =>
    schema[name] === undefined ? undefined : context.compiler.below(schema[name], `${around}${name}`, context)
  const condition = context.compiler.below(argument, place, context)
  const then = branch('then')
  const otherwise = branch('else')
  return (value, run, seen) => {
    const next = attempt(condition, value, run, seen) === undefined ? then : otherwise
    return next?.(value, run, seen)
  }
}

export function reference(argument: unknown, context: Context): Check {
  return context.compiler.refer(textFrom(argument, context), context)
}

export function dynamicReference(argument: unknown, context: Context): Check {
  return context.compiler.referDynamically(textFrom(argument, context), context)
}
