import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Counter, createMetricsRegistry, Gauge, Histogram } from './metrics.ts'
import { keepExemplars, openMetrics, prefersOpenMetrics } from './open-metrics.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** Our own lines, without those of the process. */
async function shown(registry: ReturnType<typeof createMetricsRegistry>): Promise<string[]> {
  const lines = (await openMetrics(registry)).split('\n')
  assert.deepEqual(lines.slice(-2), ['# EOF', ''])
  return lines.filter((line) => /\bour_/.test(line))
}

test('a counter is named without its ending, and shows the newest trace of each series', async () => {
  const registry = createMetricsRegistry()
  registry.setDefaultLabels({ agent: 'a' })
  const metric = { name: 'our_calls_total', labelNames: ['state', 'risk'] as const }
  const counter = new Counter({ ...metric, help: 'Calls, by "state"', registers: [registry] })
  const exemplar = keepExemplars(registry, metric, () => 1_500)
  counter.inc({ state: 'a"b\\\n', risk: 'read' })
  exemplar(['a"b\\\n', 'read'], 1, traceparent)
  counter.inc({ state: 'failed', risk: 'read' })
  exemplar(['failed', 'read'], 1, traceparent.replace(/01$/, '00'))
  exemplar(['failed', 'read'], 1, null)
  assert.deepEqual(await shown(registry), [
    '# HELP our_calls Calls, by \\"state\\"',
    '# TYPE our_calls counter',
    'our_calls_total{state="a\\"b\\\\\\n",risk="read",agent="a"} 1 # {trace_id="0af7651916cd43dd8448eb211c80319c"} 1 1.5',
    'our_calls_total{state="failed",risk="read",agent="a"} 1',
  ])
  assert.match(await registry.metrics(), /^our_calls_total\{state="failed"/m, 'the text format stays as it was')
})

test('a histogram shows a trace in the bucket where its value is', async () => {
  const registry = createMetricsRegistry()
  const metric = { name: 'our_seconds', labelNames: ['route'] as const, buckets: [0.1, 1] }
  const histogram = new Histogram({ ...metric, help: 'Time', registers: [registry] })
  const exemplar = keepExemplars(registry, metric, () => 2_000)
  for (const seconds of [0.5, 7]) {
    histogram.observe({ route: 'r' }, seconds)
    exemplar(['r'], seconds, traceparent)
  }
  const trace = '# {trace_id="0af7651916cd43dd8448eb211c80319c"}'
  assert.deepEqual((await shown(registry)).slice(2), [
    'our_seconds_bucket{le="0.1",route="r"} 0',
    `our_seconds_bucket{le="1",route="r"} 1 ${trace} 0.5 2`,
    `our_seconds_bucket{le="+Inf",route="r"} 2 ${trace} 7 2`,
    'our_seconds_sum{route="r"} 7.5',
    'our_seconds_count{route="r"} 2',
  ])
})

test('what is not known is NaN', async () => {
  const registry = createMetricsRegistry()
  new Gauge({ name: 'our_gauge', help: 'G', registers: [registry] }).set(Number.NaN)
  assert.equal((await shown(registry)).at(-1), 'our_gauge NaN')
})

test('a scraper gets the format that it would rather have', () => {
  const prometheus =
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
  assert.ok(prefersOpenMetrics(prometheus))
  for (const accept of [
    undefined,
    '*/*',
    'text/html',
    'text/plain;q=0.9, application/openmetrics-text;q=0.5',
    'application/openmetrics-text;q=0',
  ])
    assert.ok(!prefersOpenMetrics(accept), accept)
})
