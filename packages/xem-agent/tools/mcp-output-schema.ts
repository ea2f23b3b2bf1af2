// Holds structured content to the schema that its server listed. It judges and stops nothing.

import { cutText } from '@xerotier/protocol/cut-text.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { TooCostly } from '@xerotier/runtime/json-schema/run.ts'
import { compileJsonSchema, type JsonCheck } from '@xerotier/runtime/json-schema.ts'
import { sentence } from './input-schema.ts'

/** What is wrong with the structured content of an answer, as a sentence. */
export type CheckStructured = (content: unknown) => string | undefined

/** @param schema what the server listed as `outputSchema`, whatever it is */
export function structuredCheck(schema: unknown): CheckStructured {
  if (schema === undefined) return () => undefined
  let check: JsonCheck
  try {
    check = compiled(schema)
  } catch (error) {
    const reason = `the output schema of the tool cannot be used: ${error instanceof Error ? error.message : error}`
    return () => cutText(reason, 500)
  }
  return (content) => {
    if (content === undefined) return 'the tool has an output schema and answered without structured content'
    const flaw = flawOf(check, content)
    return flaw === undefined ? undefined : `the structured content does not fit the output schema of the tool: ${flaw}`
  }
}

/** @throws Error with a sentence */
function compiled(schema: unknown): JsonCheck {
  if (!isRecord(schema)) throw new Error('it is no object')
  const { $schema: _, ...rest } = schema
  return compileJsonSchema(rest, 'lenient')
}

function flawOf(check: JsonCheck, content: unknown): string | undefined {
  try {
    const flaw = check(content)
    return flaw === undefined ? undefined : sentence(flaw)
  } catch (error) {
    if (error instanceof TooCostly) return `it cannot be checked: ${error.message}`
    throw error
  }
}
