// The HTTP server, made by hand from the route table.
import { isUtf8 } from 'node:buffer'
import type { AddressInfo, Socket } from 'node:net'
import { type ErrorCode, Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { type RouteId, routeIds, routes } from '@xerotier/protocol/routes.ts'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Registry } from 'prom-client'
import type { z } from 'zod'
import type { Core } from '../domain/core.ts'
import { newUuid } from '../domain/ids.ts'
import { methodsAt } from './allowed-methods.ts'
import { createAuthentication } from './authenticate.ts'
import { faultOf, faultOfSchema } from './failure.ts'
import type { Call, Handlers } from './handlers.ts'
import { createHttpMetrics } from './metrics.ts'
import { addOpenApi, documentationOf } from './openapi.ts'
import { requestIdFrom } from './request-id.ts'
import { createHandlers } from './routes.ts'
import { parseQuery, requestSchemasOf } from './schemas.ts'
import { createStreams } from './stream/streams.ts'
import { answerExpectation, answerUnreadable, faultOfHost } from './unreadable-request.ts'

export interface HttpOptions {
  core: Core
  host: string
  /** 0 picks a free one. */
  port: number
  /** PEM. Without it the server speaks plain HTTP, and only on a loopback address unless `allowPlainRemote`. */
  tls?: { cert: string | Buffer; key: string | Buffer } | undefined
  allowPlainRemote?: boolean
  /** Proxies whose X-Forwarded-For is believed: addresses or CIDRs. */
  trustedProxies?: string[]
  registry: Registry
  /** What /readyz asks. A check that throws is failing. */
  readiness: Record<string, () => unknown>
  version: string
  requestsPerMinutePerKey?: number
  failedAuthenticationsPerMinute?: number
  /** Check every answer against its schema: for tests and development. */
  validateResponses?: boolean
}

export interface HttpServer {
  app: FastifyInstance
  /** @returns the base URL, with the port that was taken */
  listen(): Promise<string>
  /** Ends the streams, closes the port, and gives the requests in hand `httpCloseGraceMs` to finish. */
  close(): Promise<void>
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/

/** @throws when plain HTTP would be reachable from other hosts, or a route has no handler */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { core } = options
  if (options.tls === undefined && !loopback.test(options.host) && options.allowPlainRemote !== true) {
    throw new Error(
      `plain HTTP is served on loopback addresses only, not on ${options.host}: give a certificate and key`,
    )
  }
  const requestIdOf = requestIdFrom(core.clock)
  // Node would answer without an envelope.
  const nodeOptions = { requireHostHeader: false }
  const app = fastify({
    ...(options.tls === undefined ? { http: nodeOptions } : { https: { ...options.tls, ...nodeOptions } }),
    bodyLimit: limits.httpBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    genReqId: requestIdOf as never,
    requestIdHeader: false,
    requestTimeout: 60_000,
    keepAliveTimeout: 75_000,
    routerOptions: { querystringParser: parseQuery },
    trustProxy: options.trustedProxies?.length ? options.trustedProxies : false,
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, newUuid(core.clock.now())),
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply as FastifyReply),
  }) as unknown as FastifyInstance
  app.server.on('checkExpectation', (request, response) => answerExpectation(response, requestIdOf(request)))
  app.server.maxConnections = limits.httpConnections
  // Node's own list lacks those that are still in their TLS handshake.
  const connections = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })

  const answerFailure = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const fault = faultOf(error)
    if (fault.status >= 500) {
      const level = fault.code === 'internal_error' ? 'error' : 'warning'
      core.log[level](
        { request_id: request.id, route: request.routeOptions.url, code: fault.code, error: fault.cause ?? fault },
        'request failed',
      )
    }
    const envelope = fault.toEnvelope()
    if (envelope.error.retry_after !== undefined) reply.header('retry-after', envelope.error.retry_after)
    if (fault.status === 401) reply.header('www-authenticate', 'Bearer')
    return reply
      .header('x-request-id', request.id)
      .code(fault.status)
      .type('application/json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(envelope)
  }

  app.decorateRequest('caller', undefined)
  app.setErrorHandler(answerFailure)
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value: unknown) => {
    const parsed = schema.safeParse(value)
    return parsed.success
      ? { value: parsed.data }
      : { error: faultOfSchema(parsed.error, httpPart === 'body' ? 'body' : 'request') }
  })
  app.setSerializerCompiler<z.ZodType>(({ schema, method, url, httpStatus }) => {
    if (options.validateResponses !== true || Number(httpStatus) >= 400) return JSON.stringify
    return (answer) => {
      const parsed = schema.safeParse(answer)
      if (!parsed.success)
        throw new Error(`${method} ${url} answers what its schema does not allow: ${parsed.error.message}`)
      return JSON.stringify(answer)
    }
  })
  acceptJsonOnly(app)
  await addOpenApi(app, options.version)

  let closing = false
  const metrics = createHttpMetrics(options.registry)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    // Before the body is looked at: whatever it holds, nobody wants it.
    done(faultOfHost(request.raw) ?? (request.is404 ? faultOfPath(request, reply) : undefined))
  })
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.method !== 'GET') {
      // PUT replaces a thing by what is sent, and nothing was. Elsewhere a body without mandatory fields may be left out.
      if (request.method === 'PUT') return done(new Fault('invalid_body', { message: 'The request has no body.' }))
      request.body = {}
    }
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    metrics.answered(request.routeOptions.config.id ?? 'none', reply.statusCode, reply.elapsedTime)
    core.log.debug(
      {
        request_id: request.id,
        route: request.routeOptions.config.id,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        actor: request.caller?.principal?.keyId ?? request.caller?.agentId,
      },
      'answered',
    )
    // A connection that was in use when the server closed would be kept alive, and the server with it.
    if (closing) setImmediate(() => app.server.closeIdleConnections())
    done()
  })

  const streams = createStreams(core)
  const handlers = createHandlers({ ...options, app, streams })
  const authentication = createAuthentication(core, {
    requestsPerMinutePerKey: options.requestsPerMinutePerKey ?? limits.requestsPerMinutePerKey,
    failedAuthenticationsPerMinute: options.failedAuthenticationsPerMinute ?? limits.failedAuthenticationsPerMinute,
  })
  for (const id of routeIds) addRoute(app, id, handlers, authentication.hookFor(routes[id]))
  await app.ready()

  return {
    app,
    async listen() {
      await app.listen({ host: options.host, port: options.port })
      const { port } = app.server.address() as AddressInfo
      const host = options.host.includes(':') ? `[${options.host}]` : options.host
      return `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`
    },
    async close() {
      closing = true
      streams.close()
      const closed = app.close()
      // Those who wait for the end of a call are answered with what is known.
      core.calls.close()
      // A download that nobody reads, or a request that is never sent in full, would keep the router for as long as it likes.
      const grace = core.clock.after(limits.httpCloseGraceMs, () => {
        for (const connection of connections) connection.destroy()
      })
      await closed.finally(() => grace.cancel())
    },
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    id?: RouteId
    /** Documented in OpenAPI. */
    errors?: ErrorCode[]
  }
}

function addRoute(
  app: FastifyInstance,
  id: RouteId,
  handlers: Handlers,
  authenticate: ReturnType<ReturnType<typeof createAuthentication>['hookFor']>,
): void {
  const definition: Route = routes[id]
  const handler = handlers[id] as ((call: Call<never>) => Promise<unknown>) | undefined
  if (handler === undefined) throw new Error(`route ${id} has no handler`)
  // Else it would be the HEAD of the record whose id is the last word of the path.
  if (definition.response === 'sse') {
    app.head(definition.path, (request, reply) => {
      throw faultOfPath(request, reply)
    })
  }
  const [usual] = definition.status
  app.route({
    method: definition.method,
    url: definition.path,
    config: { id },
    exposeHeadRoute: definition.method === 'GET' && definition.response !== 'sse',
    schema: { ...requestSchemasOf(definition), ...documentationOf(id, definition) },
    ...(authenticate === undefined ? {} : { onRequest: authenticate }),
    handler: (request, reply) => {
      reply.code(usual)
      const { params, query, body, caller } = request
      const call = {
        params,
        query,
        body,
        principal: caller?.principal,
        agentId: caller?.agentId,
        requestId: request.id,
        request,
        reply,
      }
      return handler(call as unknown as Call<never>)
    },
  })
}

function faultOfPath(request: FastifyRequest, reply: FastifyReply): Fault {
  const methods = methodsAt(request.url)
  if (methods.length === 0) return new Fault('not_found')
  reply.header('allow', methods.join(', '))
  return new Fault('method_not_allowed')
}

/** One content type in, as it was sent: a byte that is no UTF-8 is refused, never replaced. An empty body is no body. */
function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    if (!isUtf8(body as Buffer)) {
      return done(new Fault('json_parse_error', { message: 'The request body is not valid UTF-8.' }))
    }
    return parse(request, (body as Buffer).toString(), done)
  })
}
