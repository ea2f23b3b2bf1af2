// What a request of the dashboard's own door brings.
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { callerAddress } from '../caller-address.ts'
import { faultOfSchema } from '../failure.ts'

/** @throws Fault invalid_body */
export function bodyOf<S extends z.ZodType>(schema: S, { body }: FastifyRequest): z.output<S> {
  const parsed = schema.safeParse(body ?? {})
  if (!parsed.success) throw faultOfSchema(parsed.error, 'body')
  return parsed.data
}

export function addressOf(request: FastifyRequest): string {
  return callerAddress(request.ip) ?? 'unknown'
}
