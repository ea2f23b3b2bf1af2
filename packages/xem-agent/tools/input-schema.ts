// Compiles a tool's JSON Schema (2020-12) into the check that every call passes at the agent.
import { cutText } from '@xerotier/protocol/cut-text.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { isRecord, memberOf } from '@xerotier/protocol/record.ts'
import { compileJsonSchema } from '@xerotier/runtime/json-schema.ts'
import { TookTooLong } from '@xerotier/runtime/within-time.ts'
import type { ErrorObject } from 'ajv'

/**
 * What of the arguments does not fit, as a sentence; undefined when they do.
 * @param size characters of their JSON
 */
export type CheckArgs = (args: unknown, size?: number) => string | undefined

/** @throws Error with a sentence when the schema is none, is no object schema, or has patterns that could take for ever. */
export function compileInputSchema(schema: Record<string, unknown>, mode: 'strict' | 'lenient'): CheckArgs {
  if (schema.type !== 'object') throw new Error('input_schema must have "type: object"')
  const check = compileJsonSchema(schema, mode)
  return (args, size = JSON.stringify(args).length) => {
    try {
      const flaw = check(args, size)
      return flaw === undefined ? undefined : sentence(flaw)
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error
      return `the arguments take longer than ${limits.argumentsCheckMs} ms to check`
    }
  }
}

/** Names the path and the rule, never the value. */
export function sentence(error: ErrorObject): string {
  const extra = memberOf(error.params, 'additionalProperty')
  const what = extra === undefined ? '' : `: "${extra}"`
  return cutText(`${error.instancePath || '/'} ${error.message ?? error.keyword}${what}`, 500)
}

/** `default` of each top-level property. */
export function defaultsOf(schema: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
      return isRecord(property) && 'default' in property ? [[name, property.default]] : []
    }),
  )
}

export function propertiesOf(schema: Record<string, unknown>): Record<string, unknown> {
  return isRecord(schema.properties) ? schema.properties : {}
}
