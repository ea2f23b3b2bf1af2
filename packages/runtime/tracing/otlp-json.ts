// Spans as OTLP writes JSON: ids in hex, nanoseconds as text.
import type { Encoding } from './span-encoder.ts'
import { type Attributes, codeOf, flags, type SpanRecord, statusOf } from './span-record.ts'

export const jsonEncoding: Encoding = {
  contentType: 'application/json',
  encoder() {
    let texts: string[] = []
    return {
      put: (record) => void texts.push(JSON.stringify(spanOf(record))),
      take() {
        const bytes = new TextEncoder().encode(texts.join(','))
        texts = []
        return bytes
      },
    }
  },
  request({ resource, scope }, spans) {
    const all = Buffer.concat(spans.flatMap((some, index) => (index === 0 ? [some] : [comma, some])))
    const head = `{"resourceSpans":[{"resource":${JSON.stringify({ attributes: pairsOf(resource) })},"scopeSpans":[{"scope":${JSON.stringify(scope)},"spans":[`
    return new TextEncoder().encode(`${head}${all.toString()}]}]}]}`)
  },
}

const comma = Buffer.from(',')

function spanOf(record: SpanRecord) {
  const [name, kind, traceId, spanId, parentSpanId, from, to, failure, attributes] = record
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    flags,
    name,
    kind: codeOf[kind],
    startTimeUnixNano: nanoseconds(from),
    endTimeUnixNano: nanoseconds(Math.max(from, to)),
    attributes: pairsOf(attributes),
    status: { code: statusOf(failure), ...(failure === undefined ? {} : { message: failure }) },
  }
}

function pairsOf(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: anyOf(value) }],
  )
}

function anyOf(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value }
}

function nanoseconds(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(Math.round((ms - seconds * 1000) * 1e6)))
}
