// One entry of the route table as a route of Fastify.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { type RouteId, routes } from '@xerotier/protocol/routes.ts'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import type { Core } from '../../core.ts'
import { noteReading } from '../../domain/audit/access.ts'
import type { Call, Handlers } from './handlers.ts'
import { requestSchemasOf, responseSchemasOf } from './schemas.ts'

/** @throws when the route has no handler */
export function addRoute(
  scope: FastifyInstance,
  id: RouteId,
  handlers: Handlers,
  authenticate: onRequestHookHandler,
  core: Core,
): void {
  const definition: Route = routes[id]
  const handler = handlers[id] as ((call: Call<never>) => Promise<unknown>) | undefined
  if (handler === undefined) throw new Error(`route ${id} has no handler`)
  // Else it would be the HEAD of the record whose id is the last word of the path.
  if (definition.response === 'sse') {
    scope.head(definition.path, { config: { refused: true } }, () => {
      throw new Fault('method_not_allowed')
    })
  }
  const [usual] = definition.status
  scope.route({
    method: definition.method,
    url: definition.path,
    config: { id },
    exposeHeadRoute: definition.method === 'GET' && definition.response !== 'sse',
    schema: { ...requestSchemasOf(definition), response: responseSchemasOf(definition) },
    onRequest: authenticate,
    handler: (request, reply) => {
      reply.code(usual)
      const { params, query, body, actor, admission } = request
      const call = {
        params,
        query,
        body,
        actor,
        admission,
        requestId: request.id,
        request,
        reply,
      }
      const answer = handler(call as unknown as Call<never>)
      const { reads: kind } = definition
      if (kind === undefined || actor === undefined || actor.kind === 'system') return answer
      // Found and not yet given: bytes are read when they are sent.
      return answer.then(async (found) => {
        await noteReading(core, actor, { kind, route: id, params: request.params as Record<string, string> })
        return found
      })
    },
  })
}
