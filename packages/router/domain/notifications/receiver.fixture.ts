// A receiver of webhooks on loopback, and what it was sent.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any
}

export interface Receiver {
  url: string
  received: Received[]
  /** What it answers from now on; default 204. */
  answer: (response: ServerResponse, request: Received) => void
  /** The next that it was not asked for yet, and that fits. */
  next(fits?: (received: Received) => boolean): Promise<Received>
}

export async function startReceiver(t: Pick<TestContext, 'after'>): Promise<Receiver> {
  const given = new Set<Received>()
  const waiting = new Set<() => void>()
  const receiver: Receiver = {
    url: '',
    received: [],
    answer: (response) => void response.writeHead(204).end(),
    async next(fits = () => true) {
      for (;;) {
        const found = receiver.received.find((one) => !given.has(one) && fits(one))
        if (found !== undefined) {
          given.add(found)
          return found
        }
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
    },
  }
  const server = createServer((request, response) => {
    request.setEncoding('utf8')
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, text, body: parsed(text) }
      receiver.received.push(one)
      receiver.answer(response, one)
      for (const resolve of waiting) resolve()
      waiting.clear()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
