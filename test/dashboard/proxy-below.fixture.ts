// A reverse proxy that has put a path in front of the router.
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ProxyBelow {
  /** With the path. */
  url: string
  /** While false, connections are cut. */
  answers: boolean
  /** A file of the build goes by another name, as if it were of another version. */
  renamed: { from: string; to: string } | undefined
  close(): void
}

export async function proxyBelow(path: string, to: string): Promise<ProxyBelow> {
  const handOn = (incoming: IncomingMessage, answer: ServerResponse) => {
    const { method, headers, url = '' } = incoming
    const { from, to: other } = proxy.renamed ?? {}
    const asked = url.slice(path.length).replace(other ?? '\0', from ?? '')
    const plain = from === undefined ? headers : { ...headers, 'accept-encoding': 'identity' }
    const handed = request(new URL(asked, to), { method, headers: plain }, async (told) => {
      const names = from !== undefined && /html|javascript/.test(told.headers['content-type'] ?? '')
      const { 'content-length': _, ...rest } = told.headers
      answer.writeHead(told.statusCode ?? 502, names ? rest : told.headers)
      answer.flushHeaders()
      if (!names) return void told.pipe(answer)
      answer.end((await told.setEncoding('utf8').toArray()).join('').replaceAll(from, other ?? ''))
    })
    handed.on('error', () => answer.destroy())
    answer.on('close', () => handed.destroy())
    incoming.pipe(handed)
  }
  const server = createServer((incoming, answer) => {
    if (!proxy.answers) incoming.socket.destroy()
    else if (incoming.url?.startsWith(`${path}/`) === true) handOn(incoming, answer)
    else answer.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const proxy: ProxyBelow = {
    url: `http://127.0.0.1:${port}${path}`,
    answers: true,
    renamed: undefined,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return proxy
}
