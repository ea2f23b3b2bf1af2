// Keywords that look into an object.
import { isRecord } from '@xerotier/protocol/record.ts'
import { type Check, type Context, refuse } from '../context.ts'
import { addName } from '../evaluated.ts'
import { flaw, within } from '../flaw.ts'
import type { PatternTest } from '../patterns.ts'
import { lookUpSteps, nameSteps, type Run } from '../run.ts'
import { countFrom, membersFrom, namesFrom } from './arguments.ts'

function namesOf(value: Record<string, unknown>, run: Run): string[] {
  const names = Object.keys(value)
  run.spend(names.length * nameSteps)
  return names
}

export function required(argument: unknown, context: Context): Check {
  const names = namesFrom(argument, context)
  return (value, run) => {
    if (!isRecord(value)) return undefined
    run.spend(names.length * lookUpSteps)
    const missing = names.find((name) => !Object.hasOwn(value, name))
    if (missing === undefined) return undefined
    return flaw('required', `must have required property '${missing}'`, missing)
  }
}

export function maxProperties(argument: unknown, context: Context): Check {
  const most = countFrom(argument, context)
  const misfit = flaw('maxProperties', `must NOT have more than ${most} properties`)
  return (value, run) => (isRecord(value) && namesOf(value, run).length > most ? misfit : undefined)
}

export function minProperties(argument: unknown, context: Context): Check {
  const least = countFrom(argument, context)
  const misfit = flaw('minProperties', `must NOT have fewer than ${least} properties`)
  return (value, run) => (isRecord(value) && namesOf(value, run).length < least ? misfit : undefined)
}

export function properties(argument: unknown, context: Context): Check {
  const checks = membersFrom(argument, context).map(
    ([name, schema]) => [name, context.compiler.below(schema, `${context.place}.${name}`, context)] as const,
  )
  return (value, run, seen) => {
    if (!isRecord(value)) return undefined
    run.spend(checks.length * lookUpSteps)
    for (const [name, check] of checks) {
      if (!Object.hasOwn(value, name)) continue
      const found = check(value[name], run, undefined)
      if (found !== undefined) return within(name, found)
      addName(seen, name, run)
    }
    return undefined
  }
}

export function patternProperties(argument: unknown, context: Context): Check {
  const checks = membersFrom(argument, context).map(
    ([source, schema]) =>
      [
        context.compiler.pattern(source, context.place),
        context.compiler.below(schema, `${context.place}.${source}`, context),
      ] as const,
  )
  return (value, run, seen) => {
    if (!isRecord(value)) return undefined
    const names = namesOf(value, run)
    for (const [matches, check] of checks) {
      for (const name of names) {
        if (!matches(name, run)) continue
        const found = check(value[name], run, undefined)
        if (found !== undefined) return within(name, found)
        addName(seen, name, run)
      }
    }
    return undefined
  }
}

/** Those that neither `properties` nor `patternProperties` of the same schema names. */
export function additionalProperties(argument: unknown, context: Context): Check {
  const { schema } = context
  const known = new Set(isRecord(schema.properties) ? Object.keys(schema.properties) : [])
  const patterns: PatternTest[] = isRecord(schema.patternProperties)
    ? Object.keys(schema.patternProperties).map((source) => context.compiler.pattern(source, context.place))
    : []
  const check = context.compiler.below(argument, context.place, context)
  return (value, run, seen) => {
    if (!isRecord(value)) return undefined
    for (const name of namesOf(value, run)) {
      if (known.has(name) || patterns.some((matches) => matches(name, run))) continue
      if (argument === false) return flaw('additionalProperties', 'must NOT have additional properties', name)
      const found = check(value[name], run, undefined)
      if (found !== undefined) return within(name, found)
      addName(seen, name, run)
    }
    return undefined
  }
}

/** Those that no keyword of the schema, nor of one in place, has looked at. */
export function unevaluatedProperties(argument: unknown, context: Context): Check {
  const check = context.compiler.below(argument, context.place, context)
  return (value, run, seen) => {
    if (!isRecord(value)) return undefined
    for (const name of namesOf(value, run)) {
      if (seen?.names.has(name)) continue
      if (argument === false) return flaw('unevaluatedProperties', 'must NOT have unevaluated properties', name)
      const found = check(value[name], run, undefined)
      if (found !== undefined) return within(name, found)
      addName(seen, name, run)
    }
    return undefined
  }
}

export function propertyNames(argument: unknown, context: Context): Check {
  const check = context.compiler.below(argument, context.place, context)
  return (value, run) => {
    if (!isRecord(value)) return undefined
    for (const name of namesOf(value, run)) {
      const found = check(name, run, undefined)
      if (found !== undefined) return flaw('propertyNames', `has a property name that ${found.message}`, name)
    }
    return undefined
  }
}

export function dependentRequired(argument: unknown, context: Context): Check {
  const rules = membersFrom(argument, context).map(
    ([name, names]) => [name, namesFrom(names, { ...context, place: `${context.place}.${name}` })] as const,
  )
  return (value, run) => {
    if (!isRecord(value)) return undefined
    for (const [name, names] of rules) {
      run.spend(lookUpSteps * (1 + names.length))
      const missing = Object.hasOwn(value, name) ? names.find((other) => !Object.hasOwn(value, other)) : undefined
      if (missing === undefined) continue
      const message = `must have property ${missing} when property ${name} is present`
      return flaw('dependentRequired', message, missing)
    }
    return undefined
  }
}

export function dependentSchemas(argument: unknown, context: Context): Check {
  const checks = membersFrom(argument, context).map(
    ([name, schema]) => [name, context.compiler.below(schema, `${context.place}.${name}`, context)] as const,
  )
  return (value, run, seen) => {
    if (!isRecord(value)) return undefined
    run.spend(checks.length * lookUpSteps)
    for (const [name, check] of checks) {
      const found = Object.hasOwn(value, name) ? check(value, run, seen) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** Older drafts say both of the above so. */
export function dependencies(argument: unknown, context: Context): Check {
  const members = membersFrom(argument, context)
  const lists = dependentRequired(Object.fromEntries(members.filter(([, rule]) => Array.isArray(rule))), context)
  const schemas = dependentSchemas(Object.fromEntries(members.filter(([, rule]) => !Array.isArray(rule))), context)
  return (value, run, seen) => lists(value, run, seen) ?? schemas(value, run, seen)
}

/** @throws Error for what makes an answer wait: whoever takes that for a yes lets everything in. */
export function isAsync(_: unknown, { place }: Context): never {
  return refuse(place, 'the schema must not have "$async"')
}
