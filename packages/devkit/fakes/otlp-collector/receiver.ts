// An OpenTelemetry collector, as far as spans go: OTLP over HTTP in both encodings. What is not
// right it answers with 400, and keeps why.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { listeningOn } from '@xerotier/runtime/listening.ts'
import { createChanges } from '../../changes.ts'
import { type Span, spansOfJson, spansOfProtobuf } from './span.ts'

/** What becomes of requests: taken, never answered, or the next ones refused with this status. */
export type Manner = 'take' | 'hang' | { status: number; times: number }

export interface Receiver {
  /** For XEROTIER_OTEL_ENDPOINT. */
  endpoint: string
  spans: Span[]
  requests: { path: string; headers: IncomingHttpHeaders }[]
  /** Why requests were no good. */
  flaws: string[]
  behave(manner: Manner): void
  /** @throws after `patienceMs` */
  until(what: string, wanted: (receiver: Receiver) => boolean): Promise<void>
  close(): Promise<void>
}

const readers = { 'application/json': spansOfJson, 'application/x-protobuf': spansOfProtobuf }
const isReadable = (type: string | undefined): type is keyof typeof readers => type !== undefined && type in readers

/** @param received is told of spans as they come */
export async function startReceiver(received?: (spans: readonly Span[]) => void): Promise<Receiver> {
  let manner: Manner = 'take'
  const changes = createChanges()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    receiver.requests.push({ path: request.url ?? '', headers: request.headers })
    changes.happened()
    if (manner === 'hang') return
    if (manner !== 'take') {
      const { status, times } = manner
      manner = times > 1 ? { status, times: times - 1 } : 'take'
      response.writeHead(status).end()
      return
    }
    const type = request.headers['content-type']
    if (request.method !== 'POST' || request.url !== '/v1/traces' || !isReadable(type))
      throw new Error(`${request.method} ${request.url} with ${type}`)
    const spans = readers[type](request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)
    receiver.spans.push(...spans)
    received?.(spans)
    // An empty answer, in either encoding.
    response.writeHead(200, { 'content-type': type }).end(type === 'application/json' ? '{}' : '')
    changes.happened()
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      receiver.flaws.push(error.message)
      response.writeHead(400).end(error.message)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const receiver: Receiver = {
    endpoint: `http://127.0.0.1:${listeningOn(server).port}`,
    spans: [],
    requests: [],
    flaws: [],
    behave(next) {
      manner = next
    },
    until: (what, wanted) =>
      changes.until(
        () => wanted(receiver),
        () => `no ${what}; spans: ${receiver.spans.map(({ name }) => name).join(' ')}; ${receiver.flaws.join('; ')}`,
      ),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}
