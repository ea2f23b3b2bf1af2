// A real HTTP server on a free port whose answers a test writes.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  method: string
  /** With the query. */
  path: string
  headers: NodeJS.Dict<string | string[]>
  body: unknown
}

export interface ScriptedServer {
  baseUrl: string
  seen: Seen[]
  close(): Promise<void>
}

/** Paths are given to `answer` without `/demo/v1`. */
export async function scriptedServer(
  answer: (request: Seen, response: ServerResponse) => void | Promise<void>,
): Promise<ScriptedServer> {
  const seen: Seen[] = []
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const path = (incoming.url ?? '').replace(/^\/demo\/v1/, '')
    const request = {
      method: incoming.method ?? '',
      path,
      headers: incoming.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
    seen.push(request)
    // The tests' clocks are their own.
    response.sendDate = false
    response.setHeader('x-request-id', `req-${seen.length}`)
    await answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/demo/v1`,
    seen,
    async close() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** An error as the router answers it. */
export function refusal(response: ServerResponse, status: number, code: string, more: object = {}, headers = {}): void {
  json(
    response,
    status,
    { error: { message: `said ${code}`, type: 'service_error', code, param: null, ...more } },
    headers,
  )
}

export function openEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
}

export function sendEvent(response: ServerResponse, id: string | undefined, event: string, data: unknown): void {
  response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}
