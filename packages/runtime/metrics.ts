// Prometheus metrics of a process, and the small server that shows them.
import { createServer } from 'node:http'
import { Counter, collectDefaultMetrics, Registry } from 'prom-client'
import { listeningOn } from './listening.ts'
import { linesDropped } from './log-output.ts'
import { openMetrics, openMetricsType, prefersOpenMetrics } from './open-metrics.ts'

/**
 * One copy of the library for every process: metrics of another copy would not be in our registry.
 */
export { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/**
 * The series of a metric by its label values, in the order of its `labelNames`. prom-client makes a
 * key of the labels at every observation; a series that is bound to them has it.
 */
export function boundSeries<Series>(metric: { labels(...values: string[]): Series }): (...values: string[]) => Series {
  const known = new Map<string, Series>()
  return (...values) => {
    const key = values.join('\n')
    let series = known.get(key)
    if (series === undefined) {
      series = metric.labels(...values)
      known.set(key, series)
    }
    return series
  }
}

/** A registry with the process's own metrics (CPU, memory, event loop, descriptors). */
export function createMetricsRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  // Sums of the series beside them, with the name of a counter: `promtool check metrics` refuses
  // them.
  for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`)
  new Counter({
    name: 'log_lines_dropped_total',
    help: 'Lines of the log of this process that could not be written',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(linesDropped())
    },
  })
  return registry
}

export interface MetricsServer {
  host: string
  port: number
  close(): Promise<void>
}

/**
 * Serves `/metrics` and `/healthz`. Port 0 takes a free one.
 * @param flaw what `/healthz` answers with 503; 200 when there is none.
 * @throws when the port is taken.
 */
export async function serveMetrics(options: {
  registry: Registry
  host: string
  port: number
  flaw(): string | undefined
}): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff').setHeader('cache-control', 'no-store')
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405).end()
    else if (path === '/metrics') {
      const isOpen = prefersOpenMetrics(request.headers.accept)
      const type = isOpen ? openMetricsType : options.registry.contentType
      const text = isOpen ? openMetrics(options.registry) : options.registry.metrics()
      text.then(
        (body) => response.writeHead(200, { 'content-type': type, vary: 'accept' }).end(body),
        () => response.writeHead(500).end(),
      )
    } else if (path === '/healthz') {
      const flaw = options.flaw()
      response.writeHead(flaw === undefined ? 200 : 503, { 'content-type': 'text/plain' }).end(`${flaw ?? 'ok'}\n`)
    } else response.writeHead(404).end()
  })
  server.maxConnections = 64
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve())
  })
  const { address, port } = listeningOn(server)
  return {
    host: address,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
