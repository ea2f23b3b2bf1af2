// Spans leave through the exporter of the OpenTelemetry SDK: it sends, compresses and repeats. In a
// thread of its own, so that neither its work nor a collector that hangs takes turns of the
// process, and that a process without tracing loads nothing of it.
import { parentPort, workerData } from 'node:worker_threads'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { systemClock } from '../clock.ts'
import { createBatches, type SpanChunk } from './batches.ts'
import { encodings } from './encoding.ts'
import type { RequestAbout } from './span-encoder.ts'
import type { Attributes, ExportSettings, FromThread, ToThread } from './span-record.ts'

const settings: ExportSettings = workerData
const tell = (message: FromThread) => parentPort?.postMessage(message)
const encoding = encodings[settings.protocol]
const about: RequestAbout = {
  resource: plain(defaultResource().merge(resourceFromAttributes(settings.resource)).attributes),
  scope: { name: 'xerotier', version: settings.scopeVersion },
}
const countOf = (batch: readonly SpanChunk[]) => batch.reduce((sum, { count }) => sum + count, 0)

function exporterOf({ url, headers, compression, timeoutMs, ca, cert, key }: ExportSettings) {
  const tls = Object.fromEntries(Object.entries({ ca, cert, key }).filter(([, pem]) => pem !== undefined))
  const options = convertLegacyHttpOptions(
    {
      url,
      headers: { ...headers },
      timeoutMillis: timeoutMs,
      compression: compression === 'gzip' ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
      httpAgentOptions: { keepAlive: true, ...tls },
    },
    'TRACES',
    'v1/traces',
    { 'Content-Type': encoding.contentType },
  )
  const serializer = {
    serializeRequest: (batch: readonly SpanChunk[]) =>
      encoding.request(
        about,
        batch.map(({ bytes }) => bytes),
      ),
    // What a collector says beside its status is not read.
    deserializeResponse: () => undefined,
  }
  return createOtlpHttpExportDelegate(
    options,
    serializer,
    'otlp_http_span_exporter',
    { name: 'span', countItems: countOf },
    undefined,
  )
}

const exporter = exporterOf(settings)

/** Says what becomes of each batch: the process counts them, and bounds what is on its way. */
const send = (batch: readonly SpanChunk[]) =>
  new Promise<void>((resolve) =>
    exporter.export(batch, ({ code, error }) => {
      const count = countOf(batch)
      tell(code === 0 ? { sent: count } : { lost: count, why: error?.message ?? 'for no reason that was given' })
      resolve()
    }),
  )
const encoder = encoding.encoder()
const batches = createBatches(systemClock, settings, send)

/** What stands in the resource of a process is text, or nothing that spans could carry. */
function plain(attributes: Readonly<Record<string, unknown>>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[key, value]] : [],
    ),
  )
}

parentPort?.on('message', async (message: ToThread) => {
  if (message !== 'close') {
    for (let from = 0; from < message.length; from += settings.batchSpans) {
      const some = message.slice(from, from + settings.batchSpans)
      for (const record of some) encoder.put(record)
      batches.put({ count: some.length, bytes: encoder.take() })
    }
    return
  }
  await batches.close()
  await exporter.shutdown()
  tell('closed')
})
tell('ready')
