// Spans of what this process does, as parts of W3C traces. Without a collector it does nothing, and
// loads nothing.
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { randomHex } from './random-hex.ts'
import { isSampled, type Sampling } from './sampler.ts'
import { openSpanExport } from './span-export.ts'
import type { Attributes, ExportSettings, SpanKind } from './span-record.ts'
import { parentOf, traceparentOf } from './traceparent.ts'

export interface Span {
  /** For whoever works on in this trace. */
  traceparent: string
  end(end: { ok: boolean; message?: string; attributes?: Attributes }): void
}

export interface Tracing {
  /**
   * A span below `parent` (a traceparent), or a new trace.
   * Undefined when tracing is off or the trace is not sampled.
   */
  start(name: string, parent: string | null, attributes: Attributes, options?: StartOptions): Span | undefined
  /** A span below `parent` that is over already. Nothing without a parent that is sampled. */
  record(name: string, parent: string | null, span: Recorded): void
  /** Spans that reached the collector so far, and that did not. Undefined when tracing is off. */
  counts(): { sent: number; lost: number } | undefined
  /** Sends what is left. A collector that hangs does not hold it up. */
  close(): Promise<void>
}

export interface StartOptions {
  kind?: SpanKind
  /** Of a new trace, 32 hex digits; else a random one. */
  traceId?: string
  /** When it began, milliseconds on the monotonic clock; else now. */
  began?: number
}

export interface Recorded {
  /** Milliseconds since the epoch. */
  from: number
  to: number
  ok: boolean
  message?: string
  attributes: Attributes
}

/**
 * A trace that was begun elsewhere keeps the decision made there, but for samplers that decide
 * alone.
 */
export type TracingSettings = Sampling & Omit<ExportSettings, 'scopeVersion'>

export const noTracing: Tracing = {
  start: () => undefined,
  record() {},
  counts: () => undefined,
  close: async () => {},
}

/** @param settings undefined when it is off */
export function createTracing(
  settings: TracingSettings | undefined,
  surroundings: { clock: Clock; log: Log; version: string },
): Tracing {
  if (settings === undefined) return noTracing
  const { clock, version } = surroundings
  const { sampler, rate, ...exported } = settings
  const spans = openSpanExport({ ...exported, scopeVersion: version }, surroundings)
  return {
    start(name, parent, attributes, { kind = 'internal', traceId: given, began = clock.monotonic() } = {}) {
      const above = parentOf(parent)
      const traceId = above?.traceId ?? given ?? randomHex(16)
      if (!isSampled({ sampler, rate }, traceId, above?.sampled)) return undefined
      const spanId = randomHex(8)
      const from = clock.now() - (clock.monotonic() - began)
      return {
        traceparent: traceparentOf({ traceId, spanId }),
        end({ ok, message = '', attributes: more }) {
          const to = from + clock.monotonic() - began
          const all = more === undefined ? attributes : { ...attributes, ...more }
          spans.put([name, kind, traceId, spanId, above?.spanId, from, to, ok ? undefined : message, all])
        },
      }
    },
    record(name, parent, { from, to, ok, message = '', attributes }) {
      const above = parentOf(parent)
      if (above === undefined || !above.sampled) return
      const { traceId, spanId } = above
      if (!isSampled({ sampler, rate }, traceId, true)) return
      const failure = ok ? undefined : message
      spans.put([name, 'internal', traceId, randomHex(8), spanId, from, to, failure, attributes])
    },
    counts: spans.counts,
    close: spans.close,
  }
}
