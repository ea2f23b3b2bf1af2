// What a caller is told of a failure, whichever door it came through.
import type { Log } from '@xerotier/runtime/log.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Methods } from './allowed-methods.ts'
import { commonHeaders } from './common-headers.ts'
import { faultOf } from './failure.ts'

export function createFailureAnswer(log: Log, methods: Pick<Methods, 'at'>) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const fault = faultOf(error)
    if (fault.status >= 500) {
      const level = fault.code === 'internal_error' ? 'error' : 'warning'
      log[level](
        { request_id: request.id, route: request.routeOptions.url, code: fault.code, error: fault.cause ?? fault },
        'request failed',
      )
    }
    const envelope = fault.toEnvelope()
    if (envelope.error.retry_after !== undefined) reply.header('retry-after', envelope.error.retry_after)
    if (fault.status === 401) reply.header('www-authenticate', 'Bearer')
    if (fault.code === 'method_not_allowed') reply.header('allow', methods.at(request.url).join(', '))
    return reply
      .header('x-request-id', request.id)
      .headers(commonHeaders)
      .code(fault.status)
      .type('application/json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(envelope)
  }
}
