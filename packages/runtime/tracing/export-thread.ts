// Spans leave through the OpenTelemetry SDK: it batches, repeats, encodes and sends. In a thread of
// its own, so that neither its work nor a collector that hangs takes turns of the process, and that
// a process without tracing loads nothing of it.
import { parentPort, workerData } from 'node:worker_threads'
import type { HrTime } from '@opentelemetry/api'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ExportSettings, FromThread, SpanRecord, ToThread } from './span-record.ts'

const settings: ExportSettings = workerData
const tell = (message: FromThread) => parentPort?.postMessage(message)

const resource = defaultResource().merge(resourceFromAttributes(settings.resource))
const instrumentationScope = { name: 'xerotier', version: settings.scopeVersion }
const kinds = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const
const sampledFlag = 1

/**
 * What the SDK takes. Its own tracer would copy and check what is known to be right, at half of all
 * costs.
 */
function readable(record: SpanRecord): ReadableSpan {
  const [name, kind, traceId, spanId, parentSpanId, from, to, failure, attributes] = record
  const context = { traceId, spanId, traceFlags: sampledFlag }
  const end = Math.max(from, to)
  return {
    name,
    kind: kinds[kind],
    spanContext: () => context,
    ...(parentSpanId === undefined
      ? {}
      : { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: sampledFlag } }),
    startTime: hrTime(from),
    endTime: hrTime(end),
    duration: hrTime(end - from),
    ended: true,
    status: failure === undefined ? { code: 1 } : { code: 2, message: failure },
    attributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([key, value]) =>
        value === null || value === undefined ? [] : [[key, value]],
      ),
    ),
    links: [],
    events: [],
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}

async function exporterOf({ url, protocol, headers, compression, timeoutMs, ca, cert, key }: ExportSettings) {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto')
  const tls = Object.fromEntries(Object.entries({ ca, cert, key }).filter(([, pem]) => pem !== undefined))
  return new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    compression: compression === 'gzip' ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
    httpAgentOptions: { keepAlive: true, ...tls },
  })
}

const exporter = await exporterOf(settings)
/** Says what becomes of each batch: the process counts them, and bounds what is on its way. */
const told: SpanExporter = {
  export(spans, done) {
    exporter.export(spans, (result) => {
      if (result.code === 0) tell({ sent: spans.length })
      else tell({ lost: spans.length, why: result.error?.message ?? 'for no reason that was given' })
      // What is said of it is said once: the processor would throw it again.
      done({ code: 0 })
    })
  },
  shutdown: () => exporter.shutdown(),
}
const processor = new BatchSpanProcessor({
  exporter: told,
  scheduledDelayMillis: settings.delayMs,
  maxExportBatchSize: settings.batchSpans,
  // The process bounds what is on its way.
  maxQueueSize: limits.spansWaiting,
})

parentPort?.on('message', async (message: ToThread) => {
  if (message !== 'close') {
    for (const record of message) processor.onEnd(readable(record))
    return
  }
  await processor.shutdown()
  tell('closed')
})
tell('ready')
