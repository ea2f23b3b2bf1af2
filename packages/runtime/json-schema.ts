// JSON Schemas that come as data, from bundles and from agents: what they say together with what
// callers send must not hold up whoever checks it.
import { limits } from '@xerotier/protocol/limits.ts'
import { compile } from './json-schema/compile.ts'
import type { Flaw } from './json-schema/flaw.ts'
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
  const check = compile(schema, mode === 'strict')
  return (value, spent) => {
    const run = new Run(limits.schemaSteps)
    try {
      return check(value, run, undefined)
    } finally {
      spent?.(run.spent)
    }
  }
}
