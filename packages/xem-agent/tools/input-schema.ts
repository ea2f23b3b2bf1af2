// Compiles a tool's JSON Schema (2020-12) into the check that every call passes at the agent.
import { cutText } from '@xerotier/protocol/cut-text.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { secretPaths } from '@xerotier/protocol/secrets.ts'
import type { Flaw } from '@xerotier/runtime/json-schema/flaw.ts'
import { TooCostly } from '@xerotier/runtime/json-schema/run.ts'
import { type ArgumentsSchema, compileArgumentsSchema } from '@xerotier/runtime/json-schema.ts'

/** What of the arguments does not fit, as a sentence; undefined when they do. */
export type CheckArgs = (args: unknown) => string | undefined

/**
 * Compiled checks, by mode and text. A reload finds most tools as they were, and compiling them
 * anew takes megabytes each time. The oldest goes when there are more than an agent may have twice.
 */
const compiled = new Map<string, CheckArgs>()
const rememberedMax = 2 * limits.toolsPerManifest

/**
 * @throws Error with a sentence when the schema is none, is no object schema, or has patterns that
 *   could take for ever
 */
export function compileInputSchema(schema: Record<string, unknown>, mode: 'strict' | 'lenient'): CheckArgs {
  const name = `${mode} ${JSON.stringify(schema)}`
  const known = compiled.get(name)
  // Set again, it is the newest.
  compiled.delete(name)
  const check = known ?? compile(schema, mode)
  compiled.set(name, check)
  const oldest = compiled.size <= rememberedMax ? undefined : compiled.keys().next().value
  if (oldest !== undefined) compiled.delete(oldest)
  return check
}

function compile(schema: Record<string, unknown>, mode: 'strict' | 'lenient'): CheckArgs {
  if (schema.type !== 'object') throw new Error('input_schema must have "type: object"')
  const compiled = compileArgumentsSchema(schema, mode)
  checkDefaults(schema, compiled)
  const { check } = compiled
  return (args) => {
    try {
      const flaw = check(args)
      return flaw === undefined ? undefined : sentence(flaw)
    } catch (error) {
      if (!(error instanceof TooCostly)) throw error
      return `the arguments cannot be checked: ${error.message}`
    }
  }
}

/** What the router makes of a call without arguments. @throws TooCostly */
export function defaultsOf(schema: Record<string, unknown>): Record<string, unknown> {
  return compileArgumentsSchema(schema, 'lenient').complete({})
}

export function propertiesOf({ properties }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return isRecord(properties) ? properties : {}
}

/** Names the path and the rule, never the value. */
export function sentence({ path, keyword, message, member }: Flaw): string {
  const what = member !== undefined && keyword.endsWith('Properties') ? `: "${member}"` : ''
  return cutText(`/${path.join('/')} ${message}${what}`, 500)
}

/** They are filled in by the router, and no program is to get what its schema refuses. */
function checkDefaults(schema: Record<string, unknown>, compiled: ArgumentsSchema): void {
  try {
    for (const alone of compiled.defaultsAlone()) {
      const [secret] = secretPaths(schema, alone)
      if (secret !== undefined)
        throw new Error(`/${secret.join('/')} is a secret, and a default can be read by everybody`)
    }
    const flaw = compiled.flawOfDefaults()
    if (flaw !== undefined) throw new Error(`a default does not fit its own schema: ${sentence(flaw)}`)
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error
    throw new Error(`the defaults cannot be checked: ${error.message}`, { cause: error })
  }
}
