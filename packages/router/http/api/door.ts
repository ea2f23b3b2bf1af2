// The door for programs: every route of protocol/routes.ts, under an API key or an agent's token.
import { Fault } from '@xerotier/protocol/errors.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import type { FastifyInstance } from 'fastify'
import type { Core } from '../../core.ts'
import { callerAddress } from '../caller-address.ts'
import type { Door } from '../door.ts'
import { faultOf } from '../failure.ts'
import { staticDocument } from '../static-document.ts'
import { addRoute } from './add-route.ts'
import { type AuthenticationOptions, createAuthentication } from './authenticate.ts'
import { makeOpenApi } from './openapi/make.ts'
import type { HealthOptions } from './routes/health.ts'
import { createHandlers } from './routes.ts'

export interface ApiOptions extends Partial<AuthenticationOptions>, HealthOptions {
  core: Core
}

/** Does not open when a route has no handler. */
export function apiDoor(options: ApiOptions): Door {
  return {
    async open(scope, { streams, limitPublic }) {
      fillMissingBodies(scope)
      noteRefusals(scope, options.core)
      const openApi = staticDocument('application/json; charset=utf-8', () => makeOpenApi(options.version))
      const handlers = createHandlers(options, { openApi, streams })
      const authentication = createAuthentication(options.core, limitPublic, options)
      for (const id of routeIds) addRoute(scope, id, handlers, authentication.hookFor(routes[id]), options.core)
    },
  }
}

/** What a known credential may not do: 403, but for what the log says in words of its own. */
function noteRefusals(scope: FastifyInstance, { refusals }: Pick<Core, 'refusals'>): void {
  scope.addHook('onError', (request, _reply, error, done) => {
    const { actor } = request
    const { code, status } = faultOf(error)
    if (actor !== undefined && actor.kind !== 'system' && status === 403 && code !== 'policy_refused')
      refusals.note(actor, {
        route: request.routeOptions.config.id ?? 'none',
        code,
        address: callerAddress(request.ip) ?? request.ip,
      })
    done()
  })
}

/**
 * A body without mandatory fields may be left out, but for PUT: it replaces a thing by what is
 * sent, and nothing was.
 */
function fillMissingBodies(scope: FastifyInstance): void {
  scope.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.method !== 'GET') {
      if (request.method === 'PUT') return done(new Fault('invalid_body', { message: 'The request has no body.' }))
      request.body = {}
    }
    done()
  })
}
