// The `default` of each top-level property of a tool's schema. The router fills them in before it
// stores a call, so that digest, reviewer, record and program see the same arguments.

import { isRecord } from './record.ts'

export function defaultsOf(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
      const has = typeof property === 'object' && property !== null && Object.hasOwn(property, 'default')
      return has && 'default' in property ? [[name, property.default]] : []
    }),
  )
}

export function propertiesOf(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { properties } = schema
  return isRecord(properties) ? properties : {}
}

/** The arguments with what they leave out; the very same object when that is nothing. */
export function withDefaults(
  args: Record<string, unknown>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const missing = Object.entries(defaults).filter(([name]) => !Object.hasOwn(args, name))
  return missing.length === 0 ? args : { ...args, ...Object.fromEntries(missing) }
}
