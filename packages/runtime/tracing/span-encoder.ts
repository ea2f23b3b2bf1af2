// What OTLP asks of an encoding of spans.
import type { Attributes, SpanRecord } from './span-record.ts'

export interface SpanEncoder {
  put(record: SpanRecord): void
  /** All since the last time. They can be put behind others in one request. */
  take(): Uint8Array<ArrayBuffer>
}

/** Of OTLP over HTTP (opentelemetry.io/docs/specs/otlp). */
export interface Encoding {
  contentType: string
  encoder(): SpanEncoder
  /** One request with the spans of these. */
  request(about: RequestAbout, spans: readonly Uint8Array[]): Uint8Array<ArrayBuffer>
}

/** What all spans of a process share. */
export interface RequestAbout {
  resource: Attributes
  scope: { name: string; version: string }
}
