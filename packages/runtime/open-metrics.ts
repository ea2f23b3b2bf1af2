// Metrics in the format that has exemplars (prometheus.io/docs/specs/om/open_metrics_spec). By
// hand: prom-client has one format a registry, and renames its counters for this one.
import { memberOf } from '@xerotier/protocol/record.ts'
import type { Registry } from 'prom-client'
import { parentOf } from './tracing/traceparent.ts'

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/** Whether a scraper would rather have it than the text format, or as well. */
export function prefersOpenMetrics(accept: string | undefined): boolean {
  const qualityOf = (type: string) =>
    Math.max(
      0,
      ...(accept ?? '').split(',').flatMap((part) => {
        const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
        if (name !== type) return []
        const quality = parameters.find((parameter) => parameter.startsWith('q='))
        return [quality === undefined ? 1 : Number(quality.slice(2)) || 0]
      }),
    )
  const wanted = qualityOf('application/openmetrics-text')
  return wanted > 0 && wanted >= qualityOf('text/plain')
}

interface Exemplar {
  traceId: string
  value: number
  /** Milliseconds since the epoch. */
  at: number
}

interface Exemplars {
  /** The labels that tell its series apart. */
  names: readonly string[]
  /** By the values of those. */
  newest: Map<string, Exemplar>
}

const kept = new WeakMap<Registry, Map<string, Exemplars>>()

/**
 * Keeps the newest trace of each series of a metric, of a histogram that of each bucket.
 * @returns takes the values of the labels in the order of `labelNames`, and a traceparent: one that
 * is not sampled is at no collector, and is passed over
 */
export function keepExemplars(
  registry: Registry,
  metric: { name: string; labelNames: readonly string[]; buckets?: readonly number[] },
  now: () => number,
): (labels: readonly string[], value: number, traceparent: string | null | undefined) => void {
  const { name, labelNames, buckets } = metric
  const newest = new Map<string, Exemplar>()
  const ofRegistry = kept.get(registry) ?? new Map<string, Exemplars>()
  kept.set(registry, ofRegistry.set(name, { names: buckets ? [...labelNames, 'le'] : labelNames, newest }))
  return (labels, value, traceparent) => {
    const parent = parentOf(traceparent ?? null)
    if (parent?.sampled !== true) return
    const bound = buckets?.find((bucket) => value <= bucket) ?? '+Inf'
    newest.set(keyOf(buckets ? [...labels, bound] : labels), { traceId: parent.traceId, value, at: now() })
  }
}

const keyOf = (values: readonly unknown[]) => values.join('\n')

export async function openMetrics(registry: Registry): Promise<string> {
  const exemplars = kept.get(registry)
  const families = await registry.getMetricsAsJSON()
  return [...families.flatMap((family) => linesOf(family, exemplars?.get(family.name))), '# EOF', ''].join('\n')
}

type Family = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number]

function linesOf({ name, help, type, values }: Family, exemplars: Exemplars | undefined): string[] {
  // A counter is named without what its samples end with. As JSON types are words, whatever the
  // library declares.
  const isCounter = String(type) === 'counter'
  const family = isCounter ? name.replace(/_total$/, '') : name
  return [
    `# HELP ${family} ${escaped(help)}`,
    `# TYPE ${family} ${type}`,
    ...values.map((sample) => {
      const own = memberOf(sample, 'metricName')
      const sampled = typeof own === 'string' ? own : isCounter ? `${family}_total` : name
      const labels: Readonly<Record<string, unknown>> = sample.labels
      const mayHaveOne = isCounter || sampled.endsWith('_bucket')
      const exemplar = mayHaveOne ? exemplars?.newest.get(keyOf(exemplars.names.map((key) => labels[key]))) : undefined
      const line = `${sampled}${labelText(labels)} ${numberText(sample.value)}`
      if (exemplar === undefined) return line
      const { traceId, value, at } = exemplar
      return `${line} # {trace_id="${traceId}"} ${numberText(value)} ${at / 1000}`
    }),
  ]
}

function labelText(labels: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== undefined)
  return pairs.length === 0 ? '' : `{${pairs.map(([name, value]) => `${name}="${escaped(String(value))}"`).join(',')}}`
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

function numberText(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}
