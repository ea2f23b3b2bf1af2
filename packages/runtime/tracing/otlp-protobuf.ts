// Spans as Protocol Buffers: opentelemetry/proto/trace/v1/trace.proto. The numbers are its fields.

import { ProtobufWriter } from './protobuf-writer.ts'
import type { Encoding, RequestAbout } from './span-encoder.ts'
import { type Attributes, codeOf, flags, type SpanRecord, statusOf } from './span-record.ts'

export const protobufEncoding: Encoding = {
  contentType: 'application/x-protobuf',
  encoder() {
    const writer = new ProtobufWriter()
    return {
      put: (record) => put(writer, record),
      take: () => writer.take(),
    }
  },
  request(about, spans) {
    const head = headOf(about)
    const inScope = head.scope.length + spans.reduce((sum, { length }) => sum + length, 0)
    const scopeSpans = lengthOf(2, inScope)
    const resourceSpans = lengthOf(1, head.resource.length + scopeSpans.length + inScope)
    const request = Buffer.concat([resourceSpans, head.resource, scopeSpans, head.scope, ...spans])
    return new Uint8Array(request.buffer, request.byteOffset, request.length)
  },
}

function put(writer: ProtobufWriter, record: SpanRecord): void {
  const [name, kind, traceId, spanId, parentSpanId, from, to, failure, attributes] = record
  const span = writer.begin(2)
  writer.hex(1, traceId)
  writer.hex(2, spanId)
  if (parentSpanId !== undefined) writer.hex(4, parentSpanId)
  writer.text(5, name)
  writer.integer(6, codeOf[kind])
  writer.nanoseconds(7, from)
  writer.nanoseconds(8, Math.max(from, to))
  putAttributes(writer, 9, attributes)
  const status = writer.begin(15)
  if (failure !== undefined) writer.text(2, failure)
  writer.integer(3, statusOf(failure))
  writer.end(status)
  writer.fixed32(16, flags)
  writer.end(span)
}

function putAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key in attributes) {
    const value = attributes[key]
    if (value === null || value === undefined) continue
    const pair = writer.begin(field)
    writer.text(1, key)
    const any = writer.begin(2)
    if (typeof value === 'string') writer.text(1, value)
    else if (typeof value === 'boolean') writer.bool(2, value)
    else if (Number.isSafeInteger(value)) writer.integer(3, value)
    else writer.double(4, value)
    writer.end(any)
    writer.end(pair)
  }
}

/** What comes before the spans of each request. */
function headOf({ resource, scope }: RequestAbout): { resource: Uint8Array; scope: Uint8Array } {
  const writer = new ProtobufWriter()
  const whole = writer.begin(1)
  putAttributes(writer, 1, resource)
  writer.end(whole)
  const resourceBytes = writer.take()
  const named = writer.begin(1)
  writer.text(1, scope.name)
  writer.text(2, scope.version)
  writer.end(named)
  return { resource: resourceBytes, scope: writer.take() }
}

/** The head of a field that holds so many bytes. */
function lengthOf(field: number, bytes: number): Uint8Array {
  const head = [(field << 3) | 2]
  let rest = bytes
  for (; rest > 0x7f; rest >>>= 7) head.push((rest & 0x7f) | 0x80)
  head.push(rest)
  return Uint8Array.from(head)
}
