// A Kubernetes API server that is small, lives in memory, and satisfies the real kubectl. Plain
// HTTP on loopback; kubectl sends no credentials without TLS, so the token that lets it in is the
// first part of the server's path.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import { listeningOn } from '@xerotier/runtime/listening.ts'
import { writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { type Address, addressOf } from './address.ts'
import { answer, type KubeAnswer, selected } from './answer.ts'
import { type Cluster, createCluster } from './cluster.ts'
import { discoveryDocument } from './discovery.ts'
import type { KubeObject } from './kinds.ts'
import { KubeError } from './kube-error.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { tableOf, wantsTable } from './present.ts'
import { reconcile } from './workloads.ts'

export interface KubeApiserver {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** Read it, or change it behind kubectl's back (then call `reconcile`). */
  cluster: Cluster
  reconcile(): void
  /** `GET /api/v1/pods?…` of every request so far, discovery included. */
  requests: string[]
  /** What `kubectl logs` of a container shows. Default: two lines. */
  setLog(namespace: string, pod: string, text: string): void
  /** Writes a kubeconfig, 0600, with the only token that is let in. */
  writeKubeconfig(path: string, options?: { namespace?: string; token?: string }): void
  close(): Promise<void>
}

export interface KubeApiserverOptions {
  objects?: readonly KubeObject[]
  clock?: Clock
}

export async function startKubeApiserver(options: KubeApiserverOptions = {}): Promise<KubeApiserver> {
  const clock = options.clock ?? systemClock
  const cluster = createCluster(clock)
  const token = randomBytes(16).toString('hex')
  const requests: string[] = []
  const logs = new Map<string, string>()
  for (const object of options.objects ?? []) cluster.create(object)
  reconcile(cluster)

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake')
    const [, given, rest] = /^\/([^/]+)(\/.*)$/.exec(url.pathname) ?? []
    if (given !== token || rest === undefined) throw new KubeError(401, 'Unauthorized', 'Unauthorized')
    url.pathname = rest
    requests.push(`${request.method} ${url.pathname}${url.search}`)
    const document = discoveryDocument(url.pathname)
    if (document !== undefined) return send(response, { status: 200, body: document })
    const address = addressOf(url.pathname)
    if (!address) throw new KubeError(404, 'NotFound', 'the server could not find the requested resource')
    if (address.subresource === 'log') {
      cluster.get(address.kind, address.namespace, address.name!)
      response.writeHead(200, { 'content-type': 'text/plain' })
      const text = logs.get(`${address.namespace}/${address.name}`) ?? `starting ${address.name}\nready\n`
      response.end(lastLines(text, url.searchParams.get('tailLines')))
      return
    }
    if (request.method === 'GET' && url.searchParams.get('watch') !== null) {
      return watch(cluster, clock, address, url.searchParams, response)
    }
    const body = await bodyOf(request)
    const { accept, 'content-type': contentType = 'application/json' } = request.headers
    const asked = { method: request.method!, address, query: url.searchParams, accept, contentType, body }
    send(response, answer(cluster, clock, asked))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      const known = error instanceof KubeError ? error : new KubeError(500, 'InternalError', String(error))
      send(response, { status: known.code, body: known.toStatus() })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${listeningOn(server).port}`
  return {
    url,
    cluster,
    requests,
    reconcile: () => reconcile(cluster),
    setLog: (namespace, pod, text) => void logs.set(`${namespace}/${pod}`, text),
    writeKubeconfig: (path, { namespace = 'default', token: other = token } = {}) =>
      writeSecretFile(path, kubeconfigOf({ url, token: other, namespace })),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function send(response: ServerResponse, { status, body }: KubeAnswer): void {
  if (response.headersSent) return void response.end()
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    // A few verbs (`create namespace`) insist on protobuf; `apply` does the same with JSON.
    throw new KubeError(415, 'UnsupportedMediaType', 'the body is not JSON')
  }
}

function lastLines(text: string, count: string | null): string {
  if (count === null) return text
  const lines = text.trimEnd().split('\n')
  return `${lines.slice(Math.max(0, lines.length - Number(count))).join('\n')}\n`
}

/** Changes as they come, one JSON object a line, until the client goes. */
function watch(
  cluster: Cluster,
  clock: Clock,
  address: Address,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const { kind, namespace, name } = address
  const wanted = selected({ query })
  const asTable = wantsTable(response.req.headers.accept)
  response.writeHead(200, { 'content-type': 'application/json' })
  const stop = cluster.watch(({ type, object }) => {
    if (object.kind !== kind.kind || !wanted(object)) return
    if (namespace !== undefined && object.metadata.namespace !== namespace) return
    if (name !== undefined && object.metadata.name !== name) return
    const shown = asTable ? tableOf(kind, [object], cluster.version(), clock.now()) : object
    response.write(`${JSON.stringify({ type, object: shown })}\n`)
  })
  response.flushHeaders()
  response.on('close', stop)
}
