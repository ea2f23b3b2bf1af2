import { Fault } from '@xerotier/protocol/errors.ts'
import type { FastifyRequest } from 'fastify'

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
