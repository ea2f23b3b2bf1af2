import type { FastifyInstance } from 'fastify'
import type { Handlers } from '../handlers.ts'
import type { HttpOptions } from '../server.ts'

type Id = 'health.live' | 'health.ready' | 'metrics.read' | 'openapi.read'

/** A check that answers nothing for this long is failing. */
const checkMs = 5000

export function healthHandlers(options: HttpOptions & { app: FastifyInstance }): Pick<Handlers, Id> {
  const { clock } = options.core
  const startedAt = clock.now()
  const passes = async (check: () => unknown) => {
    const late = Promise.withResolvers<never>()
    const timer = clock.after(checkMs, () => late.reject(new Error('the check takes too long')))
    try {
      await Promise.race([check(), late.promise])
      return true
    } catch (error) {
      options.core.log.warning({ error }, 'a readiness check fails')
      return false
    } finally {
      timer.cancel()
    }
  }
  return {
    'health.live': async () => ({
      status: 'ok',
      version: options.version,
      uptime_seconds: Math.round((clock.now() - startedAt) / 1000),
    }),
    'health.ready': async ({ reply }) => {
      const results = await Promise.all(
        Object.entries(options.readiness).map(
          async ([name, check]) => [name, (await passes(check)) ? 'ok' : 'failing'] as const,
        ),
      )
      const ready = results.every(([, result]) => result === 'ok')
      reply.code(ready ? 200 : 503)
      return { status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(results) }
    },
    'metrics.read': async ({ reply }) => {
      reply.type(options.registry.contentType)
      return options.registry.metrics()
    },
    'openapi.read': async () => options.app.swagger() as unknown as Record<string, unknown>,
  }
}
