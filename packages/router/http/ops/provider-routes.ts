// Logging in by the identity provider. The browser leaves with a cookie that ties what it comes
// back with to itself: nobody is logged in by an answer that somebody else has begun.

import { providerLoginSchema } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Core } from '../../core.ts'
import { callbackPath } from '../../domain/sessions/provider/client.ts'
import { beginAtProvider, openByProvider } from '../../domain/sessions/provider/log-in.ts'
import { faultOf } from '../failure.ts'
import { cookieOf, refuseOtherSites } from '../session.ts'
import { addressOf, bodyOf } from './asked.ts'
import { browserOf, sessionCookie } from './come-in.ts'
import type { LimitLogin } from './login-limits.ts'

const bodyLimit = 4 * 1024

export function addProviderRoutes(scope: FastifyInstance, core: Core, limitLogin: LimitLogin): void {
  scope.post('/ops/api/login/provider', { config: { id: 'ops.beginProvider' }, bodyLimit }, async (request, reply) => {
    refuseOtherSites(request)
    limitLogin(addressOf(request))
    const { again } = bodyOf(providerLoginSchema, request)
    if (core.identityProvider === undefined) throw new Fault('not_found')
    const { url, secret } = await beginAtProvider(core, core.identityProvider, again)
    reply.header('set-cookie', wayCookie(request, secret, limits.providerLoginSeconds))
    return { object: 'provider_login', url }
  })

  // Another site leads here: what it may do is bound to the cookie of the way there.
  scope.get(callbackPath, { config: { id: 'ops.provider' }, exposeHeadRoute: false }, async (request, reply) => {
    const over = wayCookie(request, '', 0)
    // Relative, and so to nowhere else, whatever a proxy has put in front.
    const leadTo = (path: string) => reply.code(303).header('location', `../../../${path}`).send()
    try {
      limitLogin(addressOf(request))
      const secret = cookieOf(request, wayCookieName(request))
      if (core.identityProvider === undefined || secret === undefined) throw new Fault('provider_refused')
      const query = request.url.split('?')[1] ?? ''
      const token = await openByProvider(core, core.identityProvider, { query, secret }, browserOf(request))
      reply.header('set-cookie', [sessionCookie(request, token, limits.sessionSeconds), over])
      return leadTo('login')
    } catch (error) {
      const fault = faultOf(error)
      if (fault.status >= 500)
        core.log.warning(
          { request_id: request.id, error: fault.cause ?? fault },
          'a login by the identity provider failed',
        )
      reply.header('set-cookie', over)
      return leadTo(`login?failed=${fault.code}&request=${encodeURIComponent(request.id)}`)
    }
  })
}

function wayCookieName(request: FastifyRequest): string {
  return request.protocol === 'https' ? '__Host-xerotier-way' : 'xerotier-way'
}

function wayCookie(request: FastifyRequest, value: string, maxAgeSeconds: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : ''
  return `${wayCookieName(request)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`
}
