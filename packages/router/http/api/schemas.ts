import type { Route } from '@xerotier/protocol/route.ts'
import { z } from 'zod'

/** Of a route that takes no body, or no parameters. */
const nothing = z.strictObject({})

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

/** Of the JSON that a route answers, by status: nothing else is checked. */
export function responseSchemasOf({ response, status }: Route): Record<number, z.ZodType> {
  return typeof response === 'string' ? {} : Object.fromEntries(status.map((one) => [one, response]))
}
