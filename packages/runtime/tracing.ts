// Spans over OTLP/HTTP with JSON (opentelemetry.io/docs/specs/otlp): W3C traceparent in, batches out, nothing when disabled.
import { randomBytes } from 'node:crypto'
import { type Clock, every } from './clock.ts'
import type { Log } from './log.ts'

export interface Span {
  /** For whoever works on in this trace. */
  traceparent: string
  end(end: { ok: boolean; message?: string; attributes?: Attributes }): void
}

export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface Tracing {
  /** A span below `parent` (a traceparent), or a new trace. Undefined when tracing is off or the trace is not sampled. */
  start(name: string, parent: string | null, attributes: Attributes): Span | undefined
  /** Sends what is left. */
  close(): Promise<void>
}

export interface TracingOptions {
  enabled: boolean
  /** Base URL of the collector. */
  endpoint: string | undefined
  serviceName: string
  /** Share of new traces that are emitted. A trace that was begun elsewhere keeps the decision made there. */
  sampleRate: number
  clock: Clock
  log: Log
}

const flushMs = 2000
const sendTimeoutMs = 5000
/** Spans that wait; beyond this new ones are dropped, for tracing must not cost the process its memory. */
const waitingMax = 4096
const batchMax = 512
const serverKind = 2

export const noTracing: Tracing = { start: () => undefined, close: async () => {} }

export function createTracing(options: TracingOptions): Tracing {
  const { clock, log, endpoint } = options
  if (!options.enabled || endpoint === undefined) return noTracing
  const url = `${endpoint}/v1/traces`
  const resource = { attributes: keyValues({ 'service.name': options.serviceName }) }
  let waiting: object[] = []
  let failing = false

  async function flush(): Promise<void> {
    const spans = waiting.slice(0, batchMax)
    if (spans.length === 0) return
    waiting = waiting.slice(batchMax)
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'xerotier' }, spans }] }] })
    try {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(sendTimeoutMs) })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`the collector answered ${answer.status}`)
      failing = false
    } catch (error) {
      // Once per outage: a collector that is down must not fill the log.
      if (!failing) log.warning({ error, spans: spans.length }, 'spans could not be exported and are lost')
      failing = true
    }
  }
  const timer = every(clock, flushMs, flush)

  return {
    start(name, parent, attributes) {
      const [, traceId, parentSpanId, flags] =
        /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(parent ?? '') ?? []
      const begun = traceId ?? randomBytes(16).toString('hex')
      const sampled =
        flags === undefined ? isSampled(begun, options.sampleRate) : (Number.parseInt(flags, 16) & 1) === 1
      if (!sampled) return undefined
      const spanId = randomBytes(8).toString('hex')
      const startMs = clock.now()
      return {
        traceparent: `00-${begun}-${spanId}-01`,
        end({ ok, message, attributes: more }) {
          if (waiting.length >= waitingMax) return
          waiting.push({
            traceId: begun,
            spanId,
            ...(parentSpanId === undefined ? {} : { parentSpanId }),
            name,
            kind: serverKind,
            startTimeUnixNano: `${startMs}000000`,
            endTimeUnixNano: `${clock.now()}000000`,
            attributes: keyValues({ ...attributes, ...more }),
            status: ok ? { code: 1 } : { code: 2, message },
          })
        },
      }
    },
    async close() {
      timer.cancel()
      while (waiting.length > 0 && !failing) await flush()
    },
  }
}

/** By the trace id, as OpenTelemetry's TraceIdRatioBased, so that every process decides alike. */
function isSampled(traceId: string, rate: number): boolean {
  return Number.parseInt(traceId.slice(18), 16) < rate * 2 ** 56
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]): object[] => {
    if (value === null || value === undefined) return []
    if (typeof value === 'boolean') return [{ key, value: { boolValue: value } }]
    return [{ key, value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value } }]
  })
}
