// Spans over OTLP/HTTP with JSON (opentelemetry.io/docs/specs/otlp):
// W3C traceparent in, batches out, nothing when disabled.
import { randomBytes } from 'node:crypto'
import { type Clock, every } from './clock.ts'
import type { Log } from './log.ts'
import { createOutbound } from './outbound.ts'

export interface Span {
  /** For whoever works on in this trace. */
  traceparent: string
  end(end: { ok: boolean; message?: string; attributes?: Attributes }): void
}

export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface Tracing {
  /**
   * A span below `parent` (a traceparent), or a new trace.
   * Undefined when tracing is off or the trace is not sampled.
   */
  start(name: string, parent: string | null, attributes: Attributes, options?: StartOptions): Span | undefined
  /** A span below `parent` that is over already. Nothing without a parent that is sampled. */
  record(name: string, parent: string | null, span: Recorded): void
  /** Sends what is left. */
  close(): Promise<void>
}

export interface StartOptions {
  /** Of a new trace, 32 hex digits; else a random one. */
  traceId?: string
}

export interface Recorded {
  /** Milliseconds since the epoch. */
  from: number
  to: number
  ok: boolean
  message?: string
  attributes: Attributes
}

export interface TracingOptions {
  enabled: boolean
  /** Base URL of the collector. */
  endpoint: string | undefined
  serviceName: string
  /**
   * Share of new traces that are emitted. A trace that
   * was begun elsewhere keeps the decision made there.
   */
  sampleRate: number
  clock: Clock
  log: Log
}

const flushMs = 2000
const sendTimeoutMs = 5000
/**
 * Spans that wait; beyond this new ones are dropped,
 * for tracing must not cost the process its memory.
 */
const waitingMax = 4096
const batchMax = 512
const serverKind = 2

export const noTracing: Tracing = { start: () => undefined, record() {}, close: async () => {} }

export function createTracing(options: TracingOptions): Tracing {
  const { clock, log, endpoint } = options
  if (!options.enabled || endpoint === undefined) return noTracing
  const url = `${endpoint}/v1/traces`
  const resource = { attributes: keyValues({ 'service.name': options.serviceName }) }
  const send = createOutbound({ clock, privateTargets: true, limits: { totalMs: sendTimeoutMs } })
  let waiting: object[] = []
  let failing = false

  async function flush(): Promise<void> {
    const spans = waiting.slice(0, batchMax)
    if (spans.length === 0) return
    waiting = waiting.slice(batchMax)
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'xerotier' }, spans }] }] })
    try {
      const { status } = await send({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body })
      if (status < 200 || status > 299) throw new Error(`the collector answered ${status}`)
      failing = false
    } catch (error) {
      // Once per outage: a collector that is down must not fill the log.
      if (!failing) log.warning({ error, spans: spans.length }, 'spans could not be exported and are lost')
      failing = true
    }
  }
  const timer = every(clock, flushMs, flush)

  function keep(name: string, ids: SpanIds, { from, to, ok, message, attributes }: Recorded): void {
    if (waiting.length >= waitingMax) return
    waiting.push({
      ...ids,
      name,
      kind: serverKind,
      startTimeUnixNano: `${from}000000`,
      endTimeUnixNano: `${to}000000`,
      attributes: keyValues(attributes),
      status: ok ? { code: 1 } : { code: 2, message },
    })
  }

  return {
    start(name, parent, attributes, { traceId } = {}) {
      const above = parsed(parent)
      const ids: SpanIds = {
        traceId: above?.traceId ?? traceId ?? randomBytes(16).toString('hex'),
        spanId: randomBytes(8).toString('hex'),
        ...(above === undefined ? {} : { parentSpanId: above.spanId }),
      }
      if (!(above?.sampled ?? isSampled(ids.traceId, options.sampleRate))) return undefined
      const from = clock.now()
      const began = clock.monotonic()
      return {
        traceparent: `00-${ids.traceId}-${ids.spanId}-01`,
        end({ attributes: more, ...end }) {
          keep(name, ids, {
            from,
            to: from + clock.monotonic() - began,
            attributes: { ...attributes, ...more },
            ...end,
          })
        },
      }
    },
    record(name, parent, span) {
      const above = parsed(parent)
      if (above?.sampled !== true) return
      const { traceId, spanId: parentSpanId } = above
      keep(name, { traceId, spanId: randomBytes(8).toString('hex'), parentSpanId }, span)
    },
    async close() {
      timer.cancel()
      while (waiting.length > 0 && !failing) await flush()
    },
  }
}

interface SpanIds {
  traceId: string
  spanId: string
  parentSpanId?: string
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function parsed(traceparent: string | null): { traceId: string; spanId: string; sampled: boolean } | undefined {
  const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '')
  const [, traceId, spanId, flags] = found ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** By the trace id, as OpenTelemetry's TraceIdRatioBased, so that every process decides alike. */
function isSampled(traceId: string, rate: number): boolean {
  return Number.parseInt(traceId.slice(18), 16) < rate * 2 ** 56
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]): object[] => {
    if (value === null || value === undefined) return []
    if (typeof value === 'boolean') return [{ key, value: { boolValue: value } }]
    if (typeof value === 'string') return [{ key, value: { stringValue: value } }]
    // 64 bits are text in the JSON of protobuf.
    return [{ key, value: Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value } }]
  })
}
