// The HTTP server: one port, and the doors that open on it.
import { Server as TlsServer } from 'node:tls'
import { limits } from '@xerotier/protocol/limits.ts'
import { asking } from '@xerotier/runtime/asker.ts'
import { listeningOn } from '@xerotier/runtime/listening.ts'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { Attempts } from '../domain/attempts/attempts.ts'
import type { Records } from '../domain/records.ts'
import { type AppOptions, createApp } from './app.ts'
import { callerAddress } from './caller-address.ts'
import { type Certificate, type CertificateKeeper, keepCertificate, type ReadCertificate } from './certificate.ts'
import type { Door } from './door.ts'
import { createHttpMetrics } from './metrics.ts'
import { trackPeers } from './peers.ts'
import { limitPublicRequests } from './public-limit.ts'
import { createStreams } from './stream/streams.ts'
import { takeTurns } from './turns.ts'

export interface HttpOptions extends Omit<AppOptions, 'clock' | 'log' | 'tls'> {
  core: Pick<Records, 'clock' | 'log'> & { calls: Pick<Attempts['calls'], 'close'> }
  host: string
  /** 0 picks a free one. */
  port: number
  /** Without it the server speaks plain HTTP. */
  tls?: ReadCertificate | undefined
  /** Plain HTTP is served on loopback addresses only, unless this is true. */
  allowPlainRemote?: boolean
  /** Of one address, without a key. */
  publicRequestsPerMinute?: number | undefined
  registry: Registry
  doors: readonly Door[]
}

export interface HttpServer {
  app: FastifyInstance
  /** @returns the base URL, with the port that was taken */
  listen(): Promise<string>
  /** Takes what is in the files of the certificate now. @throws when it cannot be used */
  renewCertificate(): void
  /**
   * Ends the streams, closes the port, and gives the requests in hand `httpCloseGraceMs` to finish.
   */
  close(): Promise<void>
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/

/** @throws when plain HTTP would be reachable from other hosts, or a door cannot open */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { core, host, port, registry } = options
  const { clock, log } = core
  const tls = options.tls?.()
  if (tls === undefined && !loopback.test(host) && options.allowPlainRemote !== true) {
    throw new Error(`plain HTTP is served on loopback addresses only, not on ${host}: give a certificate and key`)
  }
  const limitPublic = limitPublicRequests(clock, options.publicRequestsPerMinute ?? limits.publicRequestsPerMinute)
  const app = createApp({ ...options, clock, log, tls }, limitPublic, (request, work) => turns.goOn(request, work))
  const certificate = keeperOf(app.server, tls, options)
  app.decorateRequest('actor', undefined)
  app.decorateRequest('admission', undefined)
  app.decorateRequest('asker')
  app.decorateRequest('traceparent', undefined)
  const metrics = createHttpMetrics(registry, clock.now)
  const peers = trackPeers(app.server, {
    clock,
    trustedProxies: options.trustedProxies,
    onCut(reason, address) {
      metrics.cut(reason)
      log.debug({ reason, address }, 'connections were cut')
    },
  })
  const turns = takeTurns(app.server, peers, clock)
  app.addHook('onRequest', (request, _reply, done) => {
    const { socket } = request.raw
    const proxy = request.ip === socket.remoteAddress && peers.of(socket)?.speaksForMany === true
    const address = callerAddress(request.ip) ?? 'unknown'
    request.asker = { names: proxy ? [] : [{ name: `address ${address}`, weight: 2 }] }
    asking(request.asker, done)
  })
  // After the body was read, and before anything is done with it.
  app.addHook('preValidation', (request, _reply, done) => {
    turns.bodyRead(request.raw)
    asking(request.asker, done)
  })
  let closing = false
  app.addHook('onResponse', (request, reply, done) => {
    const { id: route } = request.routeOptions.config
    metrics.answered(route ?? 'none', reply.statusCode, reply.elapsedTime, request.traceparent)
    log.debug(
      {
        request_id: request.id,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        actor: request.actor?.id,
      },
      'answered',
    )
    // A connection that was in use when the server closed would be kept alive, and the server with
    // it.
    if (closing) setImmediate(() => app.server.closeIdleConnections())
    done()
  })
  const streams = createStreams(core)
  for (const door of options.doors) app.register(async (scope) => door.open(scope, { streams, limitPublic }))
  await app.ready()

  return {
    app,
    async listen() {
      await app.listen({ host, port })
      const { port: taken } = listeningOn(app.server)
      return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${taken}`
    },
    renewCertificate: () => certificate?.renew(),
    async close() {
      closing = true
      certificate?.close()
      streams.close()
      const closed = app.close()
      // Those who wait for the end of a call are answered with what is known.
      core.calls.close()
      // A download that nobody reads, or a request that is never sent in full, would keep the
      // router for as long as it likes.
      const grace = clock.after(limits.httpCloseGraceMs, () => peers.close())
      await closed.finally(() => grace.cancel())
    },
  }
}

function keeperOf(
  server: unknown,
  first: Certificate | undefined,
  { core, registry, tls: read }: HttpOptions,
): CertificateKeeper | undefined {
  if (first === undefined || read === undefined || !(server instanceof TlsServer)) return undefined
  return keepCertificate({ ...core, registry }, server, { first, read })
}
