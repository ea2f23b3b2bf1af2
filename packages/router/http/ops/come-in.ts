// A browser that comes in: what it says of itself, and the cookie that it gets.
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Browser } from '../../domain/sessions/open.ts'
import { sessionCookieName, sessionTokenOf } from '../session.ts'
import { addressOf } from './asked.ts'

export function comeIn(request: FastifyRequest, reply: FastifyReply, token: string) {
  reply.header('set-cookie', sessionCookie(request, token, limits.sessionSeconds))
  return { object: 'session', opened: true }
}

export function sessionCookie(request: FastifyRequest, token: string, maxAgeSeconds: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : ''
  return `${sessionCookieName(request)}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`
}

export function browserOf(request: FastifyRequest): Browser {
  const name = (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, '')
  return { address: addressOf(request), name, before: sessionTokenOf(request) }
}
