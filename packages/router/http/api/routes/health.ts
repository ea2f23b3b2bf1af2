import { openMetrics, openMetricsType, prefersOpenMetrics } from '@xerotier/runtime/open-metrics.ts'
import type { Registry } from 'prom-client'
import type { Core } from '../../../core.ts'
import { healthDashboard } from '../../../domain/health/dashboard.ts'
import { healthHistory } from '../../../domain/health/history.ts'
import { joined } from '../../joined.ts'
import type { StaticDocument } from '../../static-document.ts'
import type { Handlers } from '../handlers.ts'

type Id = 'health.live' | 'health.ready' | 'health.dashboard' | 'health.history' | 'metrics.read' | 'openapi.read'

export interface HealthOptions {
  version: string
  registry: Registry
  /** What /readyz asks. A check that throws is failing. */
  readiness: Record<string, () => unknown>
}

/** A check that answers nothing for this long is failing. */
const checkMs = 5000

export function healthHandlers(core: Core, options: HealthOptions, openApi: StaticDocument): Pick<Handlers, Id> {
  const { clock, log } = core
  const startedAt = clock.monotonic()
  const passes = async (check: () => unknown) => {
    const late = Promise.withResolvers<never>()
    const timer = clock.after(checkMs, () => late.reject(new Error('the check takes too long')))
    try {
      await Promise.race([check(), late.promise])
      return true
    } catch (error) {
      log.warning({ error }, 'a readiness check fails')
      return false
    } finally {
      timer.cancel()
    }
  }
  const checked = joined(() =>
    Promise.all(
      Object.entries(options.readiness).map(
        async ([name, check]) => [name, (await passes(check)) ? 'ok' : 'failing'] as const,
      ),
    ),
  )
  const metrics = joined(() => options.registry.metrics())
  const withExemplars = joined(() => openMetrics(options.registry))
  return {
    'health.live': async () => ({
      status: 'ok',
      version: options.version,
      uptime_seconds: Math.round((clock.monotonic() - startedAt) / 1000),
    }),
    'health.ready': async ({ reply }) => {
      const results = await checked()
      const ready = results.every(([, result]) => result === 'ok')
      reply.code(ready ? 200 : 503)
      return { status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(results) }
    },
    'health.dashboard': ({ actor }) => healthDashboard(core, actor),
    'health.history': ({ actor }) => healthHistory(core, actor),
    'metrics.read': async ({ request, reply }) => {
      const isOpen = prefersOpenMetrics(request.headers.accept)
      reply.type(isOpen ? openMetricsType : options.registry.contentType).header('vary', 'accept')
      return isOpen ? withExemplars() : metrics()
    },
    'openapi.read': async ({ request, reply }) => openApi(request, reply),
  }
}
