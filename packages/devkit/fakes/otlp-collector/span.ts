// What an OTLP request says, read from either encoding by opentelemetry-proto 1.x itself, and by
// none of the code that writes it.
import { bytes, type Message, messages, readMessage, whole } from './protobuf.ts'

export type Value = string | number | boolean

export interface Span {
  resource: Record<string, Value>
  scope: { name: string; version: string }
  name: string
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number
  traceId: string
  spanId: string
  /** Empty for the first span of a trace. */
  parentSpanId: string
  /** Nanoseconds since the epoch. */
  from: bigint
  to: bigint
  /** 0 unset, 1 ok, 2 error. */
  status: { code: number; message: string }
  attributes: Record<string, Value>
}

/** Body of `POST /v1/traces` as `application/x-protobuf`. @throws for what is none */
export function spansOfProtobuf(body: Buffer): Span[] {
  return messages(readMessage(body), 1).flatMap((resourceSpans) => {
    const resource = attributesOf(messages(resourceSpans, 1)[0] ?? new Map(), 1)
    return messages(resourceSpans, 2).flatMap((scopeSpans) => {
      const [scope = new Map()] = messages(scopeSpans, 1)
      const about = { name: bytes(scope, 1).toString(), version: bytes(scope, 2).toString() }
      return messages(scopeSpans, 2).map((span) => {
        const [status = new Map()] = messages(span, 15)
        return {
          resource,
          scope: about,
          name: bytes(span, 5).toString(),
          kind: Number(whole(span, 6)),
          traceId: bytes(span, 1).toString('hex'),
          spanId: bytes(span, 2).toString('hex'),
          parentSpanId: bytes(span, 4).toString('hex'),
          from: whole(span, 7),
          to: whole(span, 8),
          status: { code: Number(whole(status, 3)), message: bytes(status, 2).toString() },
          attributes: attributesOf(span, 9),
        }
      })
    })
  })
}

function attributesOf(message: Message, field: number): Record<string, Value> {
  return Object.fromEntries(
    messages(message, field).map((pair) => [bytes(pair, 1).toString(), anyValue(messages(pair, 2)[0] ?? new Map())]),
  )
}

function anyValue(value: Message): Value {
  if (value.has(1)) return bytes(value, 1).toString()
  if (value.has(2)) return whole(value, 2) === 1n
  if (value.has(3)) return Number(BigInt.asIntN(64, whole(value, 3)))
  if (value.has(4)) {
    const double = Buffer.alloc(8)
    double.writeBigUInt64LE(whole(value, 4))
    return double.readDoubleLE()
  }
  throw new Error('a value is of a kind that we do not send')
}

/**
 * The same as `application/json`: ids in hex, 64 bits as text or number.
 * @throws for what is none
 */
export function spansOfJson(body: Buffer): Span[] {
  const request: JsonRequest = JSON.parse(body.toString())
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        resource: jsonAttributes(resource.attributes),
        scope: { name: scope.name, version: scope.version ?? '' },
        name: span.name,
        kind: span.kind,
        traceId: hex(span.traceId, 32),
        spanId: hex(span.spanId, 16),
        parentSpanId: span.parentSpanId === undefined ? '' : hex(span.parentSpanId, 16),
        from: BigInt(span.startTimeUnixNano),
        to: BigInt(span.endTimeUnixNano),
        status: { code: span.status.code ?? 0, message: span.status.message ?? '' },
        attributes: jsonAttributes(span.attributes),
      })),
    ),
  )
}

interface JsonRequest {
  resourceSpans: {
    resource: { attributes: JsonPair[] }
    scopeSpans: { scope: { name: string; version?: string }; spans: JsonSpan[] }[]
  }[]
}
interface JsonSpan {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code?: number; message?: string }
  attributes: JsonPair[]
}
interface JsonPair {
  key: string
  value: { stringValue?: string; boolValue?: boolean; intValue?: string | number; doubleValue?: number }
}

function jsonAttributes(pairs: readonly JsonPair[]): Record<string, Value> {
  return Object.fromEntries(
    pairs.map(({ key, value: { stringValue, boolValue, intValue, doubleValue } }) => {
      const value = stringValue ?? boolValue ?? (intValue === undefined ? doubleValue : Number(intValue))
      if (value === undefined) throw new Error(`${key} is of a kind that we do not send`)
      return [key, value]
    }),
  )
}

function hex(id: string, digits: number): string {
  if (!new RegExp(`^[0-9a-f]{${digits}}$`).test(id)) throw new Error(`${id} is no id of ${digits} hex digits`)
  return id
}
