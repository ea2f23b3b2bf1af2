// The schemas of a route as the server enforces them: what is not listed is refused (law L4).
import { Fault } from '@xerotier/protocol/errors.ts'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { faultOfSchema } from './failure.ts'

/** Routes give zod schemas; what does not fit is the caller's Fault. */
export function compileSchemas(app: FastifyInstance, { validateResponses }: { validateResponses: boolean }): void {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value: unknown) => {
    const fault = httpPart === 'body' ? undefined : unstorable(value)
    if (fault !== undefined) return { error: fault }
    const parsed = schema.safeParse(value)
    return parsed.success
      ? { value: parsed.data }
      : { error: faultOfSchema(parsed.error, httpPart === 'body' ? 'body' : 'request') }
  })
  app.setSerializerCompiler<z.ZodType>(({ schema, method, url, httpStatus }) => {
    if (!validateResponses || Number(httpStatus) >= 400) return JSON.stringify
    return (answer) => {
      const parsed = schema.safeParse(answer)
      if (!parsed.success)
        throw new Error(`${method} ${url} answers what its schema does not allow: ${parsed.error.message}`)
      return JSON.stringify(answer)
    }
  })
}

/** Of a path or a query: whatever its schema says, no text of it may hold what no record can. */
function unstorable(value: unknown): Fault | undefined {
  const found = Object.entries(value ?? {}).find(([, text]) => typeof text === 'string' && text.includes('\0'))
  if (found === undefined) return undefined
  const [param] = found
  return new Fault('invalid_request', { message: `${param}: must hold no NUL character`, param })
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
