import { Histogram, type Registry } from 'prom-client'

export interface HttpMetrics {
  answered(route: string, status: number, ms: number): void
}

/** Latency of every route, counted by it too. Status as a class: single codes would multiply the series. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  const duration = new Histogram({
    name: 'xerotier_router_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
    registers: [registry],
  })
  const classes = ['', '1xx', '2xx', '3xx', '4xx', '5xx']
  // prom-client makes a key of the labels at every observation; a bound child has it.
  const bound = new Map<string, { observe(seconds: number): void }>()
  return {
    answered(route, status, ms) {
      const statusClass = classes[Math.trunc(status / 100)]!
      const key = `${route} ${statusClass}`
      let series = bound.get(key)
      if (series === undefined) {
        series = duration.labels({ route, status: statusClass })
        bound.set(key, series)
      }
      series.observe(ms / 1000)
    },
  }
}
