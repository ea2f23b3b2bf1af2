// JSON Schemas that come as data, from bundles and from agents.
import type { Options, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** Has compiled the draft's own schemas, which takes fifty times as long as a tool's. */
const draft = new Ajv2020()

/** Does what only the first `compileJsonSchema` has to do; more calls cost nothing. It must not be stopped in the middle. */
export function prepareJsonSchema(): void {
  draft.validateSchema({})
}

/**
 * Compiles a schema of draft 2020-12 with an instance of its own: one never lets go of what it compiled, nor of the names
 * inside that other schemas could see. Its `$id` does not count.
 * @throws Error with a sentence when it cannot be compiled
 */
export function compileJsonSchema(schema: Record<string, unknown>, options: Options): ValidateFunction {
  // Ajv's own keyword for a check that answers with a promise: whoever takes that for a yes lets everything in.
  if (schema.$async !== undefined) throw new Error('the schema must not have "$async"')
  prepareJsonSchema()
  const ajv = new Ajv2020({ ...options, meta: false })
  Object.assign(ajv.schemas, draft.schemas)
  Object.assign(ajv.refs, draft.refs)
  formats.default(ajv)
  return ajv.compile({ ...schema, $id: undefined })
}
