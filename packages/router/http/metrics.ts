import { boundSeries } from '@xerotier/runtime/metrics.ts'
import { keepExemplars } from '@xerotier/runtime/open-metrics.ts'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { CutReason } from './peers.ts'

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60]

export interface HttpMetrics {
  /** @param traceparent of the span of the request */
  answered(route: string, status: number, ms: number, traceparent: string | undefined): void
  cut(reason: CutReason): void
}

/**
 * Latency of every route, counted by it too. Status as a class: single codes would multiply the
 * series.
 */
export function createHttpMetrics(registry: Registry, now: () => number): HttpMetrics {
  const name = 'xerotier_router_http_request_duration_seconds'
  const labelNames = ['route', 'status'] as const
  const duration = new Histogram({
    name,
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames,
    buckets,
    registers: [registry],
  })
  const series = boundSeries(duration)
  const exemplar = keepExemplars(registry, { name, labelNames, buckets }, now)
  const cut = new Counter({
    name: 'xerotier_router_http_connections_cut_total',
    help: 'Connections, or all of an address, that were cut because it had too many or asked too much at once',
    labelNames: ['reason'] as const,
    registers: [registry],
  })
  return {
    answered(route, status, ms, traceparent) {
      const labels = [route, `${Math.trunc(status / 100)}xx`] as const
      series(...labels).observe(ms / 1000)
      exemplar(labels, ms / 1000, traceparent)
    },
    cut: (reason) => cut.inc({ reason }),
  }
}
