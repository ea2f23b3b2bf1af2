import { Fault } from '@xerotier/protocol/errors.ts'
import type { FastifyRequest } from 'fastify'
import type { Principal } from '../domain/principal.ts'

/** Who authentication found behind a request. */
export interface Caller {
  principal: Principal | undefined
  agentId: string | undefined
  /** Whether the credential would still be let in, for answers that take long. */
  stillAdmitted(): boolean | Promise<boolean>
  /** Milliseconds since the epoch after which it surely would not. */
  validUntil: number
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

/** The bearer credential of a request. @throws Fault authentication_error */
export function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization
  if (header === undefined) {
    throw new Fault('authentication_error', { message: 'The request has no Authorization header.' })
  }
  const [, credential] = /^Bearer +(\S+) *$/i.exec(header) ?? []
  if (credential === undefined) {
    throw new Fault('authentication_error', { message: 'The Authorization header is not `Bearer <credential>`.' })
  }
  return credential
}
