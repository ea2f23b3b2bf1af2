// The door for programs: every route of protocol/routes.ts, under an API key or an agent's token.
import { Fault } from '@xerotier/protocol/errors.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import type { FastifyInstance } from 'fastify'
import type { Core } from '../../core.ts'
import type { Door } from '../door.ts'
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
      const openApi = staticDocument('application/json; charset=utf-8', () => makeOpenApi(options.version))
      const handlers = createHandlers(options, { openApi, streams })
      const authentication = createAuthentication(options.core, limitPublic, options)
      for (const id of routeIds) addRoute(scope, id, handlers, authentication.hookFor(routes[id]))
    },
  }
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
