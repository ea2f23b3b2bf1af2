// The session of a request: a cookie, which opens nothing by itself. Where something is read or
// done with it the page says its CSRF token too, and no other site may have sent the request.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { FastifyRequest } from 'fastify'
import { findSession, type KnownSession } from '../domain/sessions/admit.ts'
import { isCsrfToken } from '../domain/sessions/token.ts'
import { callerAddress } from './caller-address.ts'

export interface HeldSession extends KnownSession {
  token: string
}

/** The prefix makes browsers refuse one that another host or a plain connection sets. */
export function sessionCookieName({ protocol }: Pick<FastifyRequest, 'protocol'>): string {
  return protocol === 'https' ? '__Host-xerotier' : 'xerotier'
}

export function sessionTokenOf(request: FastifyRequest): string | undefined {
  return cookieOf(request, sessionCookieName(request))
}

export function cookieOf(request: FastifyRequest, cookieName: string): string | undefined {
  const name = `${cookieName}=`
  const pairs = request.headers.cookie?.split(';').map((pair) => pair.trim()) ?? []
  return pairs.find((pair) => pair.startsWith(name))?.slice(name.length)
}

/**
 * @param csrf whether the CSRF token must come with it
 * @throws Fault authentication_error, csrf_refused, ip_not_allowed
 */
export async function heldSession(
  core: Parameters<typeof findSession>[0],
  request: FastifyRequest,
  csrf: boolean,
): Promise<HeldSession> {
  refuseOtherSites(request)
  const token = sessionTokenOf(request)
  const found = token === undefined ? undefined : await findSession(core, token)
  if (token === undefined || found === undefined) {
    throw new Fault('authentication_error', { message: 'There is no session, or it has ended.' })
  }
  request.actor = found.actor
  if (csrf && !isCsrfToken(token, request.headers['x-csrf-token'])) throw new Fault('csrf_refused')
  if (!found.admits(callerAddress(request.ip))) throw new Fault('ip_not_allowed')
  return { ...found, token }
}

/**
 * Browsers say where a request comes from (https://www.w3.org/TR/fetch-metadata); one that does not
 * says the origin of what changes something.
 * @throws Fault csrf_refused
 */
export function refuseOtherSites({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined) {
    // Typed into the address bar, or followed from a bookmark: `none`.
    if (site !== 'same-origin' && site !== 'none') throw new Fault('csrf_refused')
    return
  }
  const { origin } = headers
  if (origin === undefined) return
  const host = URL.parse(origin)?.host
  if (host === undefined || host !== headers.host) throw new Fault('csrf_refused')
}

/**
 * A page in which nobody has moved for a while says so: what it asks for keeps no session alive.
 */
export function isIdle({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['x-ops-idle'] === 'true'
}
