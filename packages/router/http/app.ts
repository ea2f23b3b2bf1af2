// Fastify as every door has it: strict about what it reads, and each failure answered from the
// catalogue.
import type { IncomingMessage } from 'node:http'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import { newUuid } from '../domain/ids.ts'
import { listMethods } from './allowed-methods.ts'
import type { Certificate } from './certificate.ts'
import { commonHeaders } from './common-headers.ts'
import { createFailureAnswer } from './failure-answer.ts'
import { acceptJsonOnly, type GoOn } from './json-body.ts'
import type { PublicLimit } from './public-limit.ts'
import { requestIdFrom } from './request-id.ts'
import { compileSchemas, parseQuery } from './schemas.ts'
import { answerExpectation, answerUnreadable, faultOfHost } from './unreadable-request.ts'

export interface AppOptions {
  clock: Clock
  log: Log
  /** PEM. Without it the server speaks plain HTTP. */
  tls?: Certificate | undefined
  /** Proxies whose X-Forwarded-For is believed: addresses or CIDRs. */
  trustedProxies?: string[] | undefined
  /** Check every answer against its schema: for tests and development. */
  validateResponses?: boolean | undefined
}

export function createApp(
  { clock, log, tls, trustedProxies, validateResponses }: AppOptions,
  limitPublic: PublicLimit,
  goOn: GoOn,
): FastifyInstance {
  const requestIdOf = requestIdFrom(clock)
  const methods = listMethods()
  const answerFailure = createFailureAnswer(log, methods)
  // Node would answer without an envelope.
  const nodeOptions = { requireHostHeader: false }
  const app = fastify({
    ...(tls === undefined ? { http: nodeOptions } : { https: { ...tls, ...nodeOptions } }),
    bodyLimit: limits.httpBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    genReqId: (request: IncomingMessage) => requestIdOf(request),
    requestIdHeader: false,
    requestTimeout: 60_000,
    keepAliveTimeout: 75_000,
    routerOptions: { querystringParser: parseQuery },
    trustProxy: trustedProxies?.length ? trustedProxies : false,
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, newUuid(clock.now())),
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply as FastifyReply),
  }) as unknown as FastifyInstance
  app.server.on('checkExpectation', (request, response) => answerExpectation(response, requestIdOf(request)))
  app.addHook('onRoute', methods.add)
  app.setErrorHandler(answerFailure)
  compileSchemas(app, { validateResponses: validateResponses === true })
  acceptJsonOnly(app, goOn)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).headers(commonHeaders)
    // Before the body is looked at: whatever it holds, nobody wants it.
    done(
      faultOfHost(request.raw) ??
        (request.is404 ? (limitPublic(request) ?? faultOfPath(methods.at(request.url))) : undefined),
    )
  })
  return app
}

function faultOfPath(methods: string[]): Fault {
  return new Fault(methods.length === 0 ? 'not_found' : 'method_not_allowed')
}
