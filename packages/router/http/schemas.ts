// A route's schemas as the server enforces them: what is not listed is refused (law L4).
import type { Route } from '@xerotier/protocol/route.ts'
import { z } from 'zod'

/** Of a route that takes no body, or no parameters. */
export const nothing = z.strictObject({})

export interface RequestSchemas {
  params: z.ZodType
  querystring: z.ZodType
  body?: z.ZodType
}

export function requestSchemasOf(definition: Route): RequestSchemas {
  const schemas: RequestSchemas = {
    params: (definition.params ?? nothing).strict(),
    querystring: (definition.query ?? nothing).strict(),
  }
  if (definition.method !== 'GET') schemas.body = definition.body ?? nothing
  return schemas
}

/** A parameter that is given more than once reads like its values with commas between them. */
export function parseQuery(text: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null)
  if (text === '') return query
  for (const [name, value] of new URLSearchParams(text)) {
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`
  }
  return query
}
