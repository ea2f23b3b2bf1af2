// What passes between a process and the thread that exports its spans.

/** Values that are not known are left out of the span. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

export const spanKinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const
export type SpanKind = (typeof spanKinds)[number]

/** A span that is over. A list: thousands a second are copied, and names of fields with them. */
export type SpanRecord = readonly [
  name: string,
  kind: SpanKind,
  traceId: string,
  spanId: string,
  parentSpanId: string | undefined,
  /** Milliseconds since the epoch. */
  from: number,
  to: number,
  /** Undefined when it went well. */
  failure: string | undefined,
  attributes: Attributes,
]

/** `close`: no more spans come. */
export type ToThread = readonly SpanRecord[] | 'close'

/** So many spans were sent, or lost and why. `ready` comes first, `closed` last. */
export type FromThread = 'ready' | { sent: number } | { lost: number; why: string } | 'closed'

/** How spans leave, as data that can be handed to a thread. */
export interface ExportSettings {
  /** Of the collector, with the path for spans. */
  url: string
  protocol: 'http/protobuf' | 'http/json'
  headers: Readonly<Record<string, string>>
  compression: 'none' | 'gzip'
  /** Of one request, with all that it is repeated. */
  timeoutMs: number
  /** PEM. */
  ca?: string | undefined
  cert?: string | undefined
  key?: string | undefined
  /** What all spans carry: `service.name` and others. */
  resource: Readonly<Record<string, string>>
  scopeVersion: string
  /** Spans wait this long for company, milliseconds. */
  delayMs: number
  batchSpans: number
}
