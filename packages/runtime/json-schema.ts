// JSON Schemas that come as data, from bundles and from agents: what they say together with what
// callers send must not hold up whoever checks it.
import { limits } from '@xerotier/protocol/limits.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { compile } from './json-schema/compile.ts'
import type { Check } from './json-schema/context.ts'
import { compileDefaults } from './json-schema/defaults.ts'
import { type Flaw, within } from './json-schema/flaw.ts'
import { Run } from './json-schema/run.ts'

/**
 * The first flaw of a value, or undefined when it fits.
 * @param spent is told the steps that it took
 * @throws TooCostly when schema and value together take more than `limits.schemaSteps`
 */
export type JsonCheck = (value: unknown, spent?: (steps: number) => void) => Flaw | undefined

/**
 * Compiles a schema of draft 2020-12. Its `$id` does not count.
 * @param mode `strict` for our bundles, where an unknown keyword or format is a typing error;
 *   `lenient` for schemas whose authors use other drafts' keywords, which JSON Schema ignores
 * @throws Error with a sentence that names the place of what cannot be used
 */
export function compileJsonSchema(schema: Record<string, unknown>, mode: 'strict' | 'lenient'): JsonCheck {
  return jsonCheck(compile(schema, mode === 'strict').check)
}

/** The schema of arguments: the defaults in it count. */
export interface ArgumentsSchema {
  check: JsonCheck
  /**
   * The arguments with the defaults of what they leave out, also in members and items; the very
   * same when that is nothing.
   * @throws TooCostly
   */
  complete(args: Record<string, unknown>, spent?: (steps: number) => void): Record<string, unknown>
  /** The first default that its own schema refuses, and where it stands. @throws TooCostly */
  flawOfDefaults(): Flaw | undefined
  /** For each default, arguments that hold it and nothing else. @throws TooCostly */
  defaultsAlone(): unknown[]
}

/** @throws as `compileJsonSchema` does */
export function compileArgumentsSchema(schema: Record<string, unknown>, mode: 'strict' | 'lenient'): ArgumentsSchema {
  const compiled = compile(schema, mode === 'strict')
  const defaults = compileDefaults(schema)
  const check = jsonCheck(compiled.check)
  if (defaults === undefined)
    return { check, complete: (args) => args, flawOfDefaults: () => undefined, defaultsAlone: () => [] }
  return {
    check,
    complete(args, spent) {
      const run = new Run(limits.schemaSteps)
      try {
        const filled = defaults.fill(args, run)
        return isRecord(filled) ? filled : args
      } finally {
        spent?.(run.spent)
      }
    },
    flawOfDefaults() {
      const run = new Run(limits.schemaSteps)
      for (const { path, value, ...target } of defaults.all(run)) {
        const found = compiled.checkOf(target)(value, run, undefined)
        if (found !== undefined) return path.reduceRight((inner, key) => within(key, inner), found)
      }
      return undefined
    },
    defaultsAlone: () => Array.from(defaults.all(new Run(limits.schemaSteps)), ({ whole }) => whole),
  }
}

function jsonCheck(check: Check): JsonCheck {
  return (value, spent) => {
    const run = new Run(limits.schemaSteps)
    try {
      return check(value, run, undefined)
    } finally {
      spent?.(run.spent)
    }
  }
}
